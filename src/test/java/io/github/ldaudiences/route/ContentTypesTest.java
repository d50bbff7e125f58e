package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How senders say what their bodies are. */
@Tag("http")
class ContentTypesTest {

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start();
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=UTF8",
                "application/json; charset=\"utf-8\"",
                "application/json; charset='UTF-8'",
                "application/json;charset=us-ascii",
                "application/json ;  Charset = Utf-8 ; version=1",
                "application/json;",
                "application/json; charset",
                "application/json; profile=\"https://example.com/a;charset=latin1\"",
                "application/vnd.segment.v1+json",
                "application/geo+JSON; charset=utf-8",
                "text/plain",
                "text/plain; charset=utf-8"
            })
    void jsonIsTakenUnderEachOfItsNames(String contentType) {
        Reply reply = bundle.post(event("aud_names", "u1"), contentType);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(1);
    }

    @Test
    void jsonIsTakenWithoutAContentType() {
        assertThat(withoutContentType(event("aud_nameless", "u1")).count("delivered"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "application/xml",
                "application/octet-stream",
                "multipart/form-data",
                "text/html",
                "text/csv",
                "image/x+json",
                "application/+json",
                "application/json+xml",
                "application/cloudevents+avro",
                "application/json; charset=iso-8859-1",
                "application/json; charset=\"utf-16\"",
                "application/json; charset=utf-8; charset=utf-16",
                "text/plain; charset=windows-1252",
                "application/json, application/json"
            })
    void anythingElseGets415(String contentType) {
        Reply reply = bundle.post(event("aud_others", "u1"), contentType);
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.error()).contains("UTF-8");
    }

    @Test
    void whatSaysNothingOfJsonAndIsNoneGets400() {
        for (String body : List.of("hello", "a=b", "<xml/>", "")) {
            assertThat(bundle.post(body, "text/plain").status()).as(body).isEqualTo(400);
            assertThat(withoutContentType(body).status()).as(body).isEqualTo(400);
        }
        assertThat(bundle.post(event("a", "u1") + "\n" + event("a", "u2"), "text/plain")
                        .error())
                .contains("application/x-ndjson");
    }

    @Test
    void aPageFromAnywhereCannotHaveABrowserSendEvents() {
        // These are what a browser sends without asking first.
        for (String type : List.of("Content-Type: text/plain;charset=UTF-8\r\n", "")) {
            try (RawConnection connection = RawConnection.to(bundle.port())) {
                connection.send(RawConnection.post("/v1/events", event("aud_page", "u1"), "Origin: http://example.com")
                        .replace("Content-Type: application/json\r\n", type));
                assertThat(connection.status()).isEqualTo(415);
            }
        }
        assertThat(bundle.segmentIds()).doesNotContain("aud_page");
        Reply reply = bundle.send(bundle.request("/v1/events", "application/json")
                .header("Origin", "http://example.com")
                .POST(BodyPublishers.ofString(event("aud_page", "u1")))
                .build());
        assertThat(reply.count("delivered")).isEqualTo(1);
    }

    private static String event(String audience, String user) {
        return AudienceEvent.identify(audience, "vip", true).user(user).toString();
    }

    private static Reply withoutContentType(String body) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bundle.port() + "/v1/events"))
                .POST(BodyPublishers.ofString(body))
                .build());
    }
}
