package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exact requests that events lead to. */
@Tag("mapping")
class RequestsToLaunchDarklyTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void anIdentifyThatAddsAndOneThatRemoves() throws IOException {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(AudienceEvent.array(
                    AudienceEvent.identify("aud_1", "order_completed_last_30days", true)
                            .user("u1"),
                    AudienceEvent.identify("aud_1", "order_completed_last_30days", false)
                            .user("u2")));
        }
        assertThat(onlyRequest().json()).isEqualTo(golden("identify"));
    }

    @Test
    void aTrackThatAddsAndOneThatRemoves() throws IOException {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(AudienceEvent.array(
                    AudienceEvent.track("aud_2", "ñandú_fans", true).user("u1"),
                    AudienceEvent.track("aud_2", "ñandú_fans", false).user("jörg‑ключ \"q\"")));
        }
        assertThat(onlyRequest().json()).isEqualTo(golden("track"));
    }

    @Test
    void theHeadersAreLaunchDarklysAndNothingFromOutside() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.send(bundle.request("/v1/events", "application/json")
                    .header("X-Internal", "secret")
                    .header("CamelHttpUri", "http://127.0.0.1:1/elsewhere")
                    .header("CamelHttpPath", "/elsewhere")
                    .header("CamelHttpQuery", "a=b")
                    .header("CamelHttpMethod", "GET")
                    .header("Authorization", "Bearer inbound")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                            AudienceEvent.entered("u1").toString()))
                    .build());
        }
        LaunchDarklyStub.Request request = onlyRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/api/v2/segment-targets/segment-audiences");
        assertThat(request.headers().get("Authorization")).containsExactly(LaunchDarklyStub.TOKEN);
        assertThat(request.headers().get("Content-Type")).containsExactly("application/json");
        assertThat(request.headers().get("LD-API-Version")).containsExactly("20240415");
        assertThat(request.headers().getFirst("User-Agent")).startsWith("launchdarkly-audiences-camel");
        assertThat(request.headers().keySet())
                .containsExactlyInAnyOrder(
                        "Authorization",
                        "Content-type",
                        "Ld-api-version",
                        "User-agent",
                        "Host",
                        "Content-length",
                        "Connection",
                        "Accept-encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "user_id_only,                        u1 none none",
        "email_only,                          a@x.org b@x.org none",
        "user_id_then_email,                  u1 b@x.org none",
        "user_id_then_anonymousId,            u1 anon-2 anon-3",
        "user_id_then_email_then_anonymousId, u1 b@x.org anon-3"
    })
    void theContextKeyFollowsItsPriority(String priority, String expected) {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly, "audiences.mapping.sync-engage-audience.context-key", priority)) {
            bundle.post(AudienceEvent.array(
                    AudienceEvent.identify("aud_1", "vip", true)
                            .user("u1")
                            .email("a@x.org")
                            .anonymous("anon-1"),
                    AudienceEvent.track("aud_2", "vip", true).email("b@x.org").anonymous("anon-2"),
                    AudienceEvent.identify("aud_3", "vip", true).anonymous("anon-3")));
        }
        String[] keys = {"none", "none", "none"};
        for (LaunchDarklyStub.Request request : launchDarkly.requests()) {
            String cohort = request.json().at("/batch/0/cohortId").asText();
            keys[Integer.parseInt(cohort.substring("aud_".length())) - 1] =
                    request.members().get(0);
        }
        assertThat(String.join(" ", keys)).isEqualTo(expected);
    }

    private LaunchDarklyStub.Request onlyRequest() {
        assertThat(launchDarkly.requests()).hasSize(1);
        return launchDarkly.requests().get(0);
    }

    private static JsonNode golden(String name) throws IOException {
        try (InputStream file = RequestsToLaunchDarklyTest.class.getResourceAsStream("/golden/" + name + ".json")) {
            return JSON.readTree(file);
        }
    }
}
