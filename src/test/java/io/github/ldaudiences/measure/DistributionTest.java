package io.github.ldaudiences.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("observe")
class DistributionTest {

    @Test
    void aValueBelongsToTheFirstRangeWhoseBoundItDoesNotExceed() {
        Distribution seconds = Distribution.ofSeconds();

        seconds.add(0.01, 1);
        seconds.add(0.011, 2);
        seconds.add(300, 3);
        seconds.add(301, 4);

        assertThat(seconds.bounds()).startsWith(0.01, 0.025).endsWith(300, Double.POSITIVE_INFINITY);
        assertThat(seconds.counts()).startsWith(1, 2, 0).endsWith(0, 3, 4);
        assertThat(seconds.count()).isEqualTo(10);
        assertThat(seconds.sum()).isEqualTo(0.01 + 2 * 0.011 + 900 + 1204);
    }

    @Test
    void noDurationIsNegative() {
        Distribution seconds = Distribution.ofSeconds();

        seconds.add(-5, 2);

        assertThat(seconds.counts()).startsWith(2, 0);
        assertThat(seconds.sum()).isZero();
    }

    @Test
    void anAudienceIsNamedByTheBeginningOfALongId() {
        String id = "x".repeat(10_000);

        assertThat(AudienceName.of("launchdarkly", id).audience()).isEqualTo("x".repeat(128) + "…");
        assertThat(AudienceName.of("launchdarkly", "aud_1").audience()).isEqualTo("aud_1");
    }
}
