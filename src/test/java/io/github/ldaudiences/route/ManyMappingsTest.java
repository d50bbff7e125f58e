package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Request;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several mappings and destinations: one event may feed all of them, and is done with when all are done with it. */
@Tag("mapping")
class ManyMappingsTest {

    /** Well beyond Segment's 50. */
    private static final int MAPPINGS = 120;

    private static final int DESTINATIONS = 3;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void anyNumberOfMappingsIsMadeFromPropertiesAlone() {
        Map<String, String> properties = destinations();
        properties.put("audiences.mapping.sync-engage-audience.enabled", "false");
        for (int i = 0; i < MAPPINGS; i++) {
            String mapping = "audiences.mapping.m" + i + '.';
            properties.put(mapping + "destination", "d" + i % DESTINATIONS);
            properties.put(mapping + "context-kind", "kind-" + i);
            properties.put(mapping + "context-key", i % 2 == 0 ? "user_id_only" : "user_id_then_anonymousId");
        }
        try (RunningBundle bundle = start(properties)) {
            Reply reply = bundle.post(array(
                    entered("u1"),
                    AudienceEvent.identify("aud_1", "vip_customers", true).anonymous("a1")));
            // The second is for half of the mappings; the others reject it.
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(reply.json().path("rejections")).hasSize(MAPPINGS / 2);
            assertThat(bundle.deadLetters()).hasSize(MAPPINGS / 2);
            assertThat(bundle.mapped("m0", "mapped")).isEqualTo(1);
            assertThat(bundle.mapped("m0", "rejected")).isEqualTo(1);
            assertThat(bundle.mapped("m1", "mapped")).isEqualTo(2);
            assertThat(bundle.mapped("sync-engage-audience", "mapped")).isZero();
        }
        Map<String, String> environments = new HashMap<>();
        for (Request request : launchDarkly.requests()) {
            environments.put(
                    request.json().path("contextKind").asText(),
                    request.json().path("environmentId").asText() + request.members());
        }
        assertThat(environments).hasSize(MAPPINGS);
        for (int i = 0; i < MAPPINGS; i++) {
            assertThat(environments)
                    .containsEntry("kind-" + i, "env-" + i % DESTINATIONS + (i % 2 == 0 ? "[u1]" : "[u1, a1]"));
        }
    }

    @Test
    void anEventIsAcknowledgedWhenTheLastMappingIsDoneWithItAndAFailingDestinationDelaysNoOther() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            if (request.body().contains("env-1")) {
                Latches.await(release);
            }
            return Answer.of(204);
        });
        Map<String, String> properties = destinations();
        properties.put("audiences.mapping.sync-engage-audience.destination", "d0");
        properties.put("audiences.mapping.slow.destination", "d1");
        properties.put("audiences.mapping.slow.trigger", "event = \"Audience Entered\"");
        try (RunningBundle bundle = start(properties)) {
            CompletableFuture<Reply> both = bundle.postAsync(
                    AudienceEvent.track("aud_1", "vip", true).user("u1").toString());
            await().until(() -> launchDarkly.requests().stream()
                    .anyMatch(request -> request.body().contains("env-0")));
            // Others need not wait, not even for the same audience.
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(200);
            assertThat(both).isNotDone();
            release.countDown();
            assertThat(both.join().count("delivered")).isEqualTo(1);
        }
    }

    @Test
    void ifOneDestinationFailsTheSourceKeepsTheEvent() {
        launchDarkly.answer(request -> Answer.of(request.body().contains("env-1") ? 503 : 204));
        Map<String, String> properties = destinations();
        properties.put("audiences.mapping.sync-engage-audience.destination", "d0");
        properties.put("audiences.mapping.failing.destination", "d1");
        properties.put("audiences.inbound.http.reply-timeout-ms", "700");
        try (RunningBundle bundle = start(properties)) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(503);
        }
        assertThat(launchDarkly.requests()).anyMatch(request -> request.body().contains("env-0"));
    }

    private Map<String, String> destinations() {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < DESTINATIONS; i++) {
            String destination = "audiences.destination.d" + i + '.';
            properties.put(destination + "api-url", launchDarkly.url());
            properties.put(destination + "sdk-url", launchDarkly.url());
            properties.put(destination + "service-token", "token-" + i);
            properties.put(destination + "client-side-id", "env-" + i);
        }
        properties.put("audiences.inbound.http.reply-timeout-ms", "60000");
        return properties;
    }

    private RunningBundle start(Map<String, String> properties) {
        List<String> pairs = new ArrayList<>();
        properties.forEach((key, value) -> {
            pairs.add(key);
            pairs.add(value);
        });
        return RunningBundle.startAgainst(launchDarkly, pairs.toArray(String[]::new));
    }
}
