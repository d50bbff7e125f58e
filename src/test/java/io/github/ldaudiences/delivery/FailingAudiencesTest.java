package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.measure.AudienceName;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("delivery")
class FailingAudiencesTest {

    private long nowMs;
    private final FailingAudiences failing =
            new FailingAudiences(Duration.ofMinutes(10), () -> TimeUnit.MILLISECONDS.toNanos(nowMs));

    @Test
    void failuresInARowAreCountedUntilARequestSucceeds() {
        failing.failed(audience("bad"));
        failing.failed(audience("bad"));
        failing.failed(audience("worse"));
        failing.taken(audience("good"));
        assertThat(failing.inARow()).hasSize(2).containsEntry(name("bad"), 2).containsEntry(name("worse"), 1);

        failing.taken(audience("bad"));
        assertThat(failing.inARow()).containsOnlyKeys(name("worse"));
    }

    @Test
    void anAudienceOfWhichNothingIsSentAnyMoreIsForgotten() {
        failing.failed(audience("given up"));
        nowMs += Duration.ofMinutes(9).toMillis();
        failing.failed(audience("still tried"));
        nowMs += Duration.ofMinutes(2).toMillis();

        assertThat(failing.inARow()).containsOnlyKeys(name("still tried"));
    }

    @Test
    void ofVeryManyThoseThatFailedLastAreRemembered() {
        for (int i = 0; i < 5_000; i++) {
            failing.failed(audience("aud_" + i));
            failing.failed(audience("always"));
        }

        assertThat(failing.inARow())
                .hasSize(1_000)
                .containsEntry(name("always"), 5_000)
                .containsEntry(name("aud_4999"), 1);
    }

    private static Audience audience(String id) {
        return new Audience("launchdarkly", "user", id);
    }

    private static AudienceName name(String id) {
        return new AudienceName("launchdarkly", id);
    }
}
