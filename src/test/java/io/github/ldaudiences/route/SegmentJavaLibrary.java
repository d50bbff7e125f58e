package io.github.ldaudiences.route;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.AliasMessage;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.MessageBuilder;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Sends a call of each kind with Segment's library for Java, then one with another write key, and prints what became of
 * each.
 */
final class SegmentJavaLibrary {

    private static final Map<String, Object> CONTEXT = Map.of(
            "personas",
            Map.of(
                    "computation_class", "audience",
                    "computation_id", "aud_java",
                    "computation_key", "vip_customers"));

    private SegmentJavaLibrary() {}

    public static void main(String[] args) throws InterruptedException {
        String endpoint = System.getenv("ENDPOINT");
        send(
                endpoint,
                System.getenv("WRITE_KEY"),
                List.of(
                        IdentifyMessage.builder()
                                .userId("u1")
                                .traits(Map.of("vip_customers", true))
                                .context(CONTEXT),
                        TrackMessage.builder("Audience Exited")
                                .userId("u2")
                                .properties(Map.of("audience_key", "vip_customers", "vip_customers", false))
                                .context(CONTEXT),
                        PageMessage.builder("Home").userId("u3"),
                        ScreenMessage.builder("Home").userId("u3"),
                        GroupMessage.builder("g1").userId("u3"),
                        AliasMessage.builder("u0").userId("u3")));
        send(
                endpoint,
                "anotherWriteKey0123456789",
                List.of(PageMessage.builder("Home").userId("u1")));
    }

    private static void send(String endpoint, String key, List<MessageBuilder<?, ?>> messages)
            throws InterruptedException {
        CountDownLatch settled = new CountDownLatch(messages.size());
        Analytics analytics = Analytics.builder(key)
                .endpoint(endpoint)
                .callback(new Callback() {
                    @Override
                    public void success(Message message) {
                        System.out.println("success " + message.type());
                        settled.countDown();
                    }

                    @Override
                    public void failure(Message message, Throwable throwable) {
                        System.out.println("failure " + message.type());
                        settled.countDown();
                    }
                })
                .build();
        messages.forEach(analytics::enqueue);
        analytics.flush();
        settled.await();
        analytics.shutdown();
    }
}
