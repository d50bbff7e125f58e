package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, no secret is in a log, a metric, a dead letter, a reply, health or JMX. */
@Tag("config")
class SecretsTest {

    private static final String TOKEN = "api-MARKED-4f1d";
    private static final String MANAGEMENT_BEANS = "camel.main.jmxEnabled";
    private static final String PASSWORD = "kafka-MARKED-4f1d";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final StringWriter log = new StringWriter();
    private WriterAppender appender;
    private Map<String, Appender> others;

    @BeforeEach
    void logEverything() {
        appender = WriterAppender.createAppender(
                PatternLayout.newBuilder().withPattern("%p %c %m%n%throwable").build(),
                null,
                log,
                "captured",
                false,
                true);
        appender.start();
        // What is logged at debug is read by the test alone.
        others = root().getAppenders();
        others.values().forEach(root()::removeAppender);
        root().addAppender(appender);
        Configurator.setRootLevel(Level.DEBUG);
    }

    @AfterEach
    void logAsBefore() {
        Configurator.setRootLevel(Level.INFO);
        root().removeAppender(appender);
        others.values().forEach(root()::addAppender);
        launchDarkly.close();
    }

    private static Logger root() {
        return ((LoggerContext) LogManager.getContext(false)).getRootLogger();
    }

    @Test
    void noFailureShowsTheServiceToken(@TempDir Path deadLetters) throws Exception {
        int management = FreePort.find();
        List<String> seen = new ArrayList<>();
        try (RunningBundle bundle = RunningBundle.start(
                MANAGEMENT_BEANS,
                "true",
                "audiences.destination.launchdarkly.api-url",
                launchDarkly.url(),
                "audiences.destination.launchdarkly.sdk-url",
                launchDarkly.url(),
                "audiences.destination.launchdarkly.service-token",
                TOKEN,
                "audiences.destination.launchdarkly.client-side-id",
                "test-client-id",
                "audiences.dead-letter.uri",
                "file:" + deadLetters,
                "audiences.inbound.http.reply-timeout-ms",
                "600",
                "audiences.delivery.probe-interval-ms",
                "50",
                "audiences.delivery.retry-delay-ms",
                "20",
                "camel.management.port",
                Integer.toString(management))) {
            // As a proxy might that shows the request it could not pass on.
            String echo = "{\"message\":\"bad request: Authorization: " + TOKEN + "\",\"id\":\"" + TOKEN + "\"}";
            for (int status : new int[] {400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 307, -1}) {
                launchDarkly.answer(request -> new Answer(status, echo, "Location", "https://x.example/elsewhere"));
                launchDarkly.answerChecks(request -> new Answer(status, echo, "X-Echo", TOKEN));
                Reply reply = bundle.post(array(
                        AudienceEvent.identify("aud_" + status, "vip", true).user("u1"), entered("u2"), "17"));
                seen.add(reply.response().body() + reply.response().headers().map());
                seen.add(String.valueOf(bundle.problem("access-to-launchdarkly")));
                seen.add(get(bundle, management, "/observe/health"));
                seen.add(get(bundle, management, "/console/api/status"));
            }
            launchDarkly.answer(request -> new Answer(207, echo, "X-Echo", TOKEN));
            Object[] many =
                    IntStream.range(0, 40).mapToObj(i -> entered("u" + i)).toArray();
            await().until(() -> bundle.post(array(many)).status() == 200);
            seen.add(get(bundle, management, "/observe/metrics"));
            seen.add(get(bundle, management, "/console/api/status"));
            seen.addAll(jmx());
        }
        try (Stream<Path> files = Files.list(deadLetters)) {
            for (Path file : files.toList()) {
                seen.add(Files.readString(file));
            }
        }
        assertThat(launchDarkly.requests())
                .anySatisfy(request ->
                        assertThat(request.headers().getFirst("Authorization")).isEqualTo(TOKEN));
        assertThat(String.join("\n", seen))
                .contains("bad request: Authorization: ******") // it was there to be seen
                .contains("audiences_attempts_total")
                .contains("mapping-sync-engage-audience")
                .doesNotContain("MARKED");
        assertThat(log.toString()).contains("DEBUG", "is held", "answered 207").doesNotContain("MARKED");
    }

    @Test
    void callersThatAreRefusedOrTakenShowNoSecret() throws Exception {
        int management = FreePort.find();
        List<String> seen = new ArrayList<>();
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                MANAGEMENT_BEANS,
                "true",
                "audiences.inbound.http.signature-secrets",
                "signature-MARKED-4f1d",
                "audiences.inbound.http.basic-credentials",
                "user:basic-MARKED-4f1d",
                "audiences.inbound.http.bearer-tokens",
                "bearer-MARKED-4f1d",
                "camel.management.port",
                Integer.toString(management))) {
            for (String proof : List.of("Bearer bearer-MARKED-4f1d", "Bearer MARKED-but-wrong", "Basic MARKED")) {
                Reply reply = bundle.send(bundle.request("/v1/events", "application/json")
                        .header("Authorization", proof)
                        .header("X-Signature", "MARKED")
                        .POST(HttpRequest.BodyPublishers.ofString(entered("u1").toString()))
                        .build());
                assertThat(reply.status()).isEqualTo(proof.startsWith("Bearer bearer-") ? 200 : 401);
                seen.add(reply.response().body() + reply.response().headers().map());
            }
            seen.add(get(bundle, management, "/observe/metrics"));
            seen.add(get(bundle, management, "/console/api/status"));
            seen.add(get(bundle, management, "/observe/health"));
            seen.add(get(bundle, management, "/console/api/status"));
            seen.addAll(jmx());
        }
        launchDarkly.requests().forEach(request -> seen.add(request.headers() + request.body()));
        assertThat(String.join("\n", seen))
                .contains("audiences_refused_requests_total{code=\"unauthorized\"} 2.0")
                .doesNotContain("MARKED");
        assertThat(log.toString()).contains("refused with 401").doesNotContain("MARKED");
    }

    @Test
    void aBrokerThatCannotBeReachedShowsNoPassword() throws Exception {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                MANAGEMENT_BEANS,
                "true",
                "audiences.inbound",
                "kafka",
                "audiences.kafka.brokers",
                "127.0.0.1:1",
                "audiences.kafka.security-protocol",
                "SASL_PLAINTEXT",
                "audiences.kafka.sasl-username",
                "audiences",
                "audiences.kafka.sasl-password",
                PASSWORD,
                "audiences.kafka.client.ssl.keystore.key",
                "key-MARKED-4f1d\nof two lines")) {
            await().until(() -> bundle.problem("kafka-inbound") != null);
            assertThat(bundle.problem("kafka-inbound")).doesNotContain("MARKED");
            assertThat(String.join("\n", jmx())).doesNotContain("MARKED");
        }
        assertThat(log.toString()).doesNotContain("MARKED");
    }

    @Test
    void aProxyThatRefusesShowsNoPassword() throws Exception {
        String header = Base64.getEncoder().encodeToString("company:proxy-MARKED-4f1d".getBytes(UTF_8));
        List<String> seen = new ArrayList<>();
        try (ProxyServer proxy = new ProxyServer();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly.url("launchdarkly.test"),
                        MANAGEMENT_BEANS,
                        "true",
                        "audiences.outbound.proxy-host",
                        "127.0.0.1",
                        "audiences.outbound.proxy-port",
                        Integer.toString(proxy.port()),
                        "audiences.outbound.proxy-user",
                        "company",
                        "audiences.outbound.proxy-password",
                        "proxy-MARKED-4f1d",
                        "audiences.inbound.http.reply-timeout-ms",
                        "400")) {
            // Its page shows the request, as some do.
            proxy.answer("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n$head " + header);
            sendUntilLogged(bundle, "LaunchDarkly answered 502: ", seen);
            proxy.answer(null);
            proxy.require("company", "another");
            sendUntilLogged(bundle, "answered 407", seen);
            proxy.require("company", "proxy-MARKED-4f1d");
            await().until(() -> bundle.post(entered("u1").toString()).status() == 200);
            seen.addAll(jmx());
        }
        assertThat(String.join("\n", seen)).doesNotContain("MARKED", header);
        assertThat(log.toString()).contains("DEBUG").doesNotContain("MARKED", header);
    }

    private void sendUntilLogged(RunningBundle bundle, String text, List<String> answers) {
        await().until(() -> {
            answers.add(bundle.post(entered("u1").toString()).response().body());
            return log.getBuffer().indexOf(text) >= 0; // without a copy of all that is logged at debug
        });
    }

    @Test
    void aStartThatFailsShowsNoSecret() {
        for (String[] wrong : new String[][] {
            {"audiences.destination.launchdarkly.service-token", TOKEN},
            {"audiences.destination.launchdarkly.service-token", TOKEN + "\n'"},
            {"audiences.kafka.sasl-password", PASSWORD + "\n'"},
            {"audiences.kafka.client.sasl.jaas.config", PASSWORD},
            {"audiences.outbound.proxy-password", "proxy-MARKED-4f1d"},
            {"audiences.outbound.proxy-host", "http://user:proxy-MARKED-4f1d@proxy.example:3128"},
        }) {
            try {
                RunningBundle.start(wrong).close();
                throw new AssertionError("It has started with " + Arrays.toString(wrong));
            } catch (ConfigurationException e) {
                assertThat(e).hasMessageNotContaining("MARKED");
            }
        }
        assertThat(log.toString()).doesNotContain("MARKED");
    }

    private static String get(RunningBundle bundle, int port, String path) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build())
                .response()
                .body();
    }

    /** What can be read over JMX: all attributes, and what the operations without arguments return that change nothing. */
    private static List<String> jmx() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        List<String> seen = new ArrayList<>();
        for (ObjectName name : server.queryNames(new ObjectName("org.apache.camel:*"), null)) {
            seen.add(name.toString());
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                if (attribute.isReadable()) {
                    seen.add(shown(() -> server.getAttribute(name, attribute.getName())));
                }
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                if (operation.getSignature().length == 0
                        && operation.getName().matches("(dump|list|browse|get|explain|route|information).*")) {
                    seen.add(shown(() -> server.invoke(name, operation.getName(), null, null)));
                }
            }
        }
        assertThat(seen).isNotEmpty();
        return seen;
    }

    private interface Read {
        Object get() throws Exception;
    }

    private static String shown(Read read) {
        try {
            Object value = read.get();
            if (value instanceof Object[] array) {
                return Arrays.deepToString(array);
            }
            return value instanceof Map<?, ?> map ? map.toString() : String.valueOf(value);
        } catch (Exception e) {
            return e.toString();
        }
    }
}
