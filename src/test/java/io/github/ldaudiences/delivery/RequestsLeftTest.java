package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("delivery")
class RequestsLeftTest {

    @Test
    void eachLimitWhoseRemainderIsSaidIsKnown() {
        Map<String, String> headers = Map.of(
                "X-Ratelimit-Global-Remaining", "7",
                "X-Ratelimit-Route-Remaining", " 5 ",
                "X-Ratelimit-Route-Limit", "10",
                "X-Ratelimit-Auth-Token-Limit", "20");

        assertThat(RequestsLeft.of(headers::get))
                .containsExactly(new RequestsLeft("global", 7, RequestsLeft.UNKNOWN), new RequestsLeft("route", 5, 10));
    }

    @Test
    void whatMakesNoSenseIsNotSaid() {
        Map<String, String> headers = Map.of(
                "X-Ratelimit-Global-Remaining", "many",
                "X-Ratelimit-Route-Remaining", "-1",
                "X-Ratelimit-Auth-Token-Remaining", "0",
                "X-Ratelimit-Auth-Token-Limit", "-20");

        assertThat(RequestsLeft.of(headers::get)).containsExactly(new RequestsLeft("token", 0, RequestsLeft.UNKNOWN));
    }
}
