package io.github.ldaudiences.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docker/compose.yaml starts beside the bundle fits the bundle: files, ports, variables, and names of meters. */
class ComposeTest {

    private static final Path DOCKER = Path.of("docker");
    private static final Pattern METER = Pattern.compile("\\b(audiences_[a-z_]+|up)\\b");

    private final JsonNode services =
            Manifests.documents(DOCKER.resolve("compose.yaml")).get(0).get("services");

    @Test
    void everyFileThatIsMountedIsThereAndEveryPortIsOnLoopbackOnly() {
        for (JsonNode service : services) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(DOCKER.resolve(source)).exists();
                }
            }
            assertThat(service.path("ports"))
                    .allSatisfy(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            service.path("depends_on").fieldNames().forEachRemaining(other -> assertThat(services.has(other))
                    .isTrue());
        }
    }

    @Test
    void everyVariableOfTheBundleIsOneThatItKnows() throws IOException {
        String shipped = Files.readString(Path.of("application.properties"));
        String reference = Files.readString(Path.of("docs/configuration.md"));
        services.at("/bundle/environment").fieldNames().forEachRemaining(name -> {
            String property = name.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
            assertThat(shipped.contains("{{env:" + name + ":")
                            || reference
                                    .lines()
                                    .anyMatch(line -> line.startsWith("### `")
                                            && line.replace('-', '.').contains("`" + property + "`")))
                    .as(name)
                    .isTrue();
        });
    }

    @Test
    void prometheusLooksWhereTheBundleShowsItsMetrics() {
        JsonNode job = Manifests.documents(DOCKER.resolve("prometheus/prometheus.yml"))
                .get(0)
                .at("/scrape_configs/0");
        assertThat(job.path("metrics_path").asText()).isEqualTo("/observe/metrics");
        assertThat(job.at("/static_configs/0/targets/0").asText()).isEqualTo("bundle:9876");
    }

    @Test
    void theDashboardAndTheAlertsNameOnlyMetersThatThereAreAndTheDashboardNamesThemAll() throws IOException {
        Set<String> scraped = scrape();
        Set<String> shown = new TreeSet<>();
        JsonNode dashboard = new ObjectMapper()
                .readTree(DOCKER.resolve("grafana/dashboards/audiences.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(panel.path("description").asText()).isNotEmpty();
            shown.addAll(meters(panel.findValuesAsText("expr")));
        }
        assertThat(shown).containsExactlyElementsOf(scraped);
        List<String> alerts = Manifests.documents(DOCKER.resolve("prometheus/alerts.yml"))
                .get(0)
                .findValuesAsText("expr");
        assertThat(alerts).isNotEmpty();
        assertThat(scraped).containsAll(meters(alerts));
    }

    private static Set<String> meters(List<String> expressions) {
        Set<String> names = new TreeSet<>();
        for (String expression : expressions) {
            Matcher meter = METER.matcher(expression.replaceAll("\"[^\"]*\"", ""));
            while (meter.find()) {
                names.add(meter.group());
            }
        }
        return names;
    }

    /** The names of the bundle's meters, and {@code up}, which Prometheus adds. */
    private static Set<String> scrape() {
        int port = FreePort.find();
        Set<String> names = new TreeSet<>(List.of("up"));
        try (RunningBundle bundle = RunningBundle.start(
                "camel.management.port",
                Integer.toString(port),
                "audiences.inbound",
                "http,kafka",
                "audiences.kafka.brokers",
                "127.0.0.1:" + FreePort.find())) {
            String text = bundle.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/metrics"))
                                    .build())
                    .response()
                    .body();
            List<String> lines = new ArrayList<>(text.lines().toList());
            lines.removeIf(line -> !line.startsWith("audiences_"));
            lines.forEach(line -> names.add(line.replaceFirst("[{ ].*", "")));
        }
        return names;
    }
}
