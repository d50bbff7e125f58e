package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever comes in, and whatever goes wrong on the way, the segments end as a plain computation says. */
@Tag("batch")
class FinalStateTest {

    private static final int BODIES = 60;
    private static final int EVENTS = 80;
    private static final List<String> JUNK = List.of(
            "null",
            "[]",
            "\"text\"",
            "{}",
            "{\"type\":\"page\",\"userId\":\"user-1\"}",
            "{\"type\":\"identify\",\"context\":{\"personas\":{\"computation_class\":\"audience\"}}}",
            "{\"type\":\"track\",\"context\":{\"personas\":{\"computation_class\":[\"audience\"],\"computation_id\":{},"
                    + "\"computation_key\":7}}}");

    @Test
    void theSegmentsEndAsAPlainComputationSays() {
        Random random = new Random(20260101);
        Map<String, Boolean> expected = new TreeMap<>();
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.batch.max-wait-ms", "20",
                "audiences.batch.max-members", "7",
                "audiences.delivery.retry-delay-ms", "5",
                "audiences.delivery.max-requests", "100000",
                "audiences.inbound.http.reply-timeout-ms", "60000")) {
            bundle.sandbox().add(Fault.status(503, 0).inFraction(0.1));
            bundle.sandbox().add(Fault.status(429, 0).inFraction(0.1));
            bundle.sandbox().add(Fault.status(-1, 0).inFraction(0.1));
            for (int body = 0; body < BODIES; body++) {
                List<String> events = new ArrayList<>();
                int changes = 0;
                for (int i = 0; i < EVENTS; i++) {
                    if (random.nextInt(10) == 0) {
                        events.add(JUNK.get(random.nextInt(JUNK.size())));
                        continue;
                    }
                    String audience = "aud-" + random.nextInt(8);
                    String user = "user-" + random.nextInt(40);
                    boolean member = random.nextBoolean();
                    long time = (long) body * EVENTS + i;
                    events.add(AudienceEvent.identify(audience, "key", member)
                            .user(user)
                            .at(time)
                            .toString());
                    // Segment sends both for the same change.
                    events.add(AudienceEvent.track(audience, "key", member)
                            .user(user)
                            .at(time)
                            .toString());
                    changes += 2;
                    expected.put(Memberships.key(audience, user), member);
                }
                Collections.shuffle(events, random);
                Reply reply = bundle.post(AudienceEvent.array(events.toArray()));
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.count("delivered")).isEqualTo(changes);
                assertThat(reply.count("received")).isEqualTo(events.size());
            }
            assertThat(Memberships.of(bundle.sandbox())).isEqualTo(expected);
            assertThat(bundle.sandbox().stats().path("overlaps").asInt()).isZero();
            assertThat(bundle.sandbox().stats().path("requests").asInt())
                    .isGreaterThan(bundle.sandbox().stats().path("accepted").asInt());
        }
    }
}
