package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the console's page is made of, and what only the page asks for. ConsoleBrowserTest shows it to a browser. */
@Tag("observe")
class ConsolePageTest {

    private static final int PORT = FreePort.find();
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)\"|from '\\./([^']+)'");

    private static RunningBundle bundle;

    @BeforeAll
    static void start() {
        bundle = RunningBundle.start(
                "camel.management.port",
                Integer.toString(PORT),
                "audiences.inbound.http.max-body-bytes",
                "100000",
                "audiences.explain",
                "off");
    }

    @AfterAll
    static void stop() {
        bundle.close();
    }

    @Test
    void thePageAndEachFileThatItNamesIsServedUnderAPolicyThatForbidsAllElse() {
        Deque<String> names = new ArrayDeque<>(List.of(""));
        Set<String> served = new TreeSet<>();
        while (!names.isEmpty()) {
            String name = names.remove();
            if (served.add(name)) {
                Reply reply = get(name);
                assertThat(reply.status()).as(name).isEqualTo(200);
                assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(reply.header("Content-Security-Policy"))
                        .startsWith("default-src 'none';")
                        .contains("frame-ancestors 'none'")
                        .doesNotContain("unsafe");
                String type = name.endsWith(".js")
                        ? "text/javascript"
                        : name.endsWith(".css") ? "text/css" : name.endsWith(".svg") ? "image/svg+xml" : "text/html";
                assertThat(reply.header("Content-Type")).as(name).startsWith(type);
                assertThat(reply.response().body())
                        .as(name + " makes HTML of no text, and code of none")
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
                LINK.matcher(reply.response().body())
                        .results()
                        .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                        .forEach(names::add);
            }
        }
        assertThat(served).contains("console.css", "console.js", "element.js", "icon.svg");
    }

    @Test
    void withoutTheSlashAtItsEndThePathLeadsToThePage() {
        Reply reply = bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console"))
                .build());
        assertThat(reply.status()).isEqualTo(308);
        assertThat(reply.header("Location")).isEqualTo("console/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ConsoleApi.class", "../config/Catalogue.class", "index.html/", "x/console.js", "%2e%2e/x"})
    void nothingElseIsServed(String path) {
        assertThat(get(path).status()).isEqualTo(404);
    }

    @Test
    void explainAnswersHereThoughItIsOffForOthers() {
        Reply reply = post("api/explain", array(entered("u1"), "17"), "application/json");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("events").findValuesAsText("outcome")).contains("delivered", "rejected");
        assertThat(bundle.included("aud_1")).doesNotContain("u1");
    }

    @Test
    void whatCannotBeExplainedGetsTheErrorsOfExplain() {
        assertThat(post("api/explain", "{", "application/json").error()).startsWith("The body is not valid JSON");
        assertThat(post("api/explain", "{}", "text/html").status()).isEqualTo(415);
        Reply large = post("api/explain", "[\"" + "x".repeat(100_000) + "\"]", "application/json");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.error()).contains("100000");
    }

    @Test
    void theSandboxIsShownInPartHoweverLargeItsSegmentsAre() {
        Object[] events = new Object[151];
        for (int i = 0; i < 150; i++) {
            events[i] = entered("member-" + i);
        }
        events[150] = left("gone");
        bundle.post(array(events));

        JsonNode all = get("api/sandbox").json().path("segments");
        assertThat(all).hasSize(1);
        assertThat(all.at("/0/includedCount").asInt()).isEqualTo(150);
        assertThat(all.at("/0/included")).hasSize(30);
        assertThat(all.at("/0/excluded").toString()).isEqualTo("[\"gone\"]");
        JsonNode found = get("api/sandbox?member=ber-149").json().path("segments");
        assertThat(found.at("/0/included").toString()).isEqualTo("[\"member-149\"]");
        assertThat(found.at("/0/excluded")).isEmpty();
        assertThat(get("api/sandbox?member=nobody").json().path("segments")).isEmpty();
    }

    private static Reply get(String path) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console/" + path))
                .build());
    }

    private static Reply post(String path, String body, String contentType) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console/" + path))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body))
                .build());
    }
}
