package io.github.ldaudiences.kamelet;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.Audiences;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kamelet in an application of its own, whose YAML route uses it as any other sink. */
@Tag("deploy")
class AudienceSinkKameletTest {

    private static final String ROUTE = """
            - route:
                id: users-own
                from:
                  uri: "%s"
                  steps:
                    - to:
                        uri: kamelet:launchdarkly-audience-sink
                        parameters:
                          token: "{{service.token}}"
                          clientSideId: test-client-id
                          apiUrl: "{{stub.url}}"
                          sdkUrl: "{{stub.url}}"
                          maxWaitMs: 20
                          %s
            """;

    @TempDir
    private Path folder;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final CamelContext application = new DefaultCamelContext();

    private void start(String from, String more) throws Exception {
        Properties own = new Properties();
        own.setProperty("service.token", LaunchDarklyStub.TOKEN);
        own.setProperty("stub.url", launchDarkly.url());
        application.getPropertiesComponent().setOverrideProperties(own);
        String deadLetter = "deadLetterUri: \"file:" + folder + "/dead?fileName=letters.ndjson\"\n";
        PluginHelper.getRoutesLoader(application)
                .loadRoutes(ResourceHelper.fromString(
                        "users.camel.yaml", ROUTE.formatted(from, deadLetter + " ".repeat(14) + more)));
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop();
        launchDarkly.close();
    }

    @Test
    void deliversOneEventOrAnArrayAndSaysWhatBecameOfThem() throws Exception {
        start("direct:in", "");
        JsonNode reply = send(entered("u1").toString());
        assertThat(reply.path("delivered").asInt()).isEqualTo(1);
        reply = send(array(entered("ü2"), "{\"type\":\"page\"}", entered("u3")).getBytes(StandardCharsets.UTF_8));
        assertThat(reply.path("delivered").asInt()).isEqualTo(2);
        assertThat(reply.path("skipped").asInt()).isEqualTo(1);
        send(new ByteArrayInputStream(entered("u4").toString().getBytes(StandardCharsets.UTF_8)));
        assertThat(launchDarkly.requests())
                .flatExtracting(LaunchDarklyStub.Request::members)
                .containsExactly("u1", "ü2", "u3", "u4");
        assertThat(launchDarkly.requests()).allSatisfy(request -> {
            assertThat(request.headers().getFirst("Authorization")).isEqualTo(LaunchDarklyStub.TOKEN);
            assertThat(request.json().path("environmentId").asText()).isEqualTo("test-client-id");
        });
    }

    @Test
    void sendsChangesOfTheContextKindThatItsPropertiesSay() throws Exception {
        start("direct:in", "contextKind: account");
        send(entered("u1").toString());
        assertThat(launchDarkly.requests()).singleElement().satisfies(request -> assertThat(
                        request.json().path("contextKind").asText())
                .isEqualTo("account"));
    }

    @Test
    void aFileStaysWithItsSourceUntilLaunchDarklyHasItsEvents() throws Exception {
        launchDarkly.answer(request -> Answer.of(503));
        Path in = Files.createDirectory(folder.resolve("in"));
        start("file:" + in + "?delay=10&initialDelay=0&move=.done&include=.*[.]json", "timeoutMs: 200");
        Files.writeString(folder.resolve("part"), entered("u1").toString());
        Files.move(folder.resolve("part"), in.resolve("event.json"));
        await().until(() -> launchDarkly.requests().size() > 2);
        assertThat(in.resolve("event.json")).exists();

        launchDarkly.answer(request -> Answer.of(204));
        await().until(() -> Files.exists(in.resolve(".done/event.json")));
        assertThat(folder.resolve("dead")).doesNotExist();
    }

    @Test
    void whatCannotBeUsedGoesToTheDeadLetterAndItsNeighboursAreDelivered() throws Exception {
        start("direct:in", "");
        JsonNode reply = send(array(17, entered("u1")));
        assertThat(reply.path("rejected").asInt()).isEqualTo(1);
        assertThat(reply.path("delivered").asInt()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("dead/letters.ndjson")))
                .contains("launchdarkly-audience-sink")
                .contains("\"17\"");
    }

    @Test
    void aPropertyThatCannotWorkEndsTheStartWithASentence() {
        assertThatThrownBy(() -> start("direct:in", "contextKey: email"))
                .hasStackTraceContaining("context-key=email is not allowed; allowed is one of")
                .satisfies(failure -> {
                    for (Throwable each = failure; each != null; each = each.getCause()) {
                        assertThat(String.valueOf(each.getMessage())).doesNotContain(LaunchDarklyStub.TOKEN);
                    }
                });
    }

    /** The process may run the bundle itself beside the Kamelet, or know audiences of its own. */
    @Test
    void systemPropertiesOfTheProcessAreNotItsOwn() throws Exception {
        System.setProperty("audiences.inbound", "kafka");
        System.setProperty("audiences.of.the.application", "1");
        try {
            start("direct:in", "");
            assertThat(send(entered("u1").toString()).path("delivered").asInt()).isEqualTo(1);
        } finally {
            System.clearProperty("audiences.inbound");
            System.clearProperty("audiences.of.the.application");
        }
    }

    @Test
    void theTokenIsMaskedWhereverCamelNamesTheEndpoint() throws Exception {
        start("direct:in", "");
        assertThat(application.getEndpoints())
                .noneSatisfy(endpoint -> assertThat(endpoint.toString()).contains(LaunchDarklyStub.TOKEN));
    }

    @Test
    void theApplicationAroundItIsLeftAsItIs() throws Exception {
        start("direct:in", "");
        assertThat(application.hasService(Audiences.class)).isNull();
        assertThat(application.isStreamCaching()).isTrue();
        assertThat(application.getRoutes()).hasSize(2);
    }

    @Test
    void aBodyOfAnotherKindFailsTheExchange() throws Exception {
        start("direct:in", "");
        assertThatThrownBy(() -> application.createProducerTemplate().requestBody("direct:in", Map.of("a", 1)))
                .isInstanceOf(CamelExecutionException.class)
                .hasRootCauseMessage("a message must be text or bytes, but is java.util.ImmutableCollections$Map1");
    }

    private JsonNode send(Object body) throws Exception {
        return new ObjectMapper()
                .readTree(application.createProducerTemplate().requestBody("direct:in", body, byte[].class));
    }
}
