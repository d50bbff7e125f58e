package io.github.ldaudiences.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docker/compose.yaml starts beside the bundle fits the bundle: files, ports, variables, and names of meters. */
@Tag("deploy")
class ComposeTest {

    private static final Path DOCKER = Path.of("docker");
    private static final Pattern METER = Pattern.compile("\\b((audiences|jvm|process)_[a-z_]+|up)\\b");

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
    void theDashboardAndTheAlertsNameOnlyMetersThatThereAreAndTheDashboardNamesAllOfTheBundle() throws IOException {
        Set<String> scraped = scrape();
        scraped.addAll(DocumentedMeters.names()); // some come only when there is something to show
        Set<String> shown = new TreeSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            assertThat(panel.path("description").asText()).isNotEmpty();
            shown.addAll(meters(panel.findValuesAsText("expr")));
        }
        assertThat(scraped).containsAll(shown);
        assertThat(shown).containsAll(DocumentedMeters.names());
        List<String> expressions = new ArrayList<>();
        alerts().forEach(alert -> expressions.add(alert.path("expr").asText()));
        // Prometheus adds it to what it scrapes.
        scraped.add("up");
        assertThat(scraped).containsAll(meters(expressions));
    }

    @Test
    void theDashboardFitsAnyDataSourceNamespaceJobAndInstance() throws IOException {
        JsonNode dashboard = dashboard();
        assertThat(dashboard.at("/templating/list").findValuesAsText("name"))
                .containsExactly("datasource", "namespace", "job", "instance");
        for (JsonNode source : dashboard.findValues("datasource")) {
            assertThat(source.path("uid").asText()).isEqualTo("${datasource}");
        }
        String chosen = "namespace=~\"$namespace\", job=~\"$job\", instance=~\"$instance\"}";
        for (String expression : dashboard.findValuesAsText("expr")) {
            Matcher meter = METER.matcher(expression);
            while (meter.find()) {
                assertThat(expression.substring(meter.end())).matches("(?s)\\{[^}]*" + Pattern.quote(chosen) + ".*");
            }
        }
        // Where there are no namespaces, nothing has that label.
        assertThat(dashboard.at("/templating/list/1/allValue").asText()).isEqualTo(".*");
    }

    @Test
    void eachAlertSaysWhatHappenedAndWhatToDoAndNamesNoJob() {
        for (JsonNode alert : alerts()) {
            assertThat(alert.at("/annotations/summary").asText()).endsWith(".");
            assertThat(alert.at("/annotations/description").asText()).endsWith(".");
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(alert.path("expr").asText()).doesNotContain("job=");
        }
    }

    @Test
    void prometheusTakesTheAlertsAndEachFiresWhenItShould() throws Exception {
        promtool("check", "rules", DOCKER.resolve("prometheus/alerts.yml"));
        promtool("test", "rules", DOCKER.resolve("prometheus/alerts.test.yml"));
    }

    @Test
    void eachAlertIsTestedWithSeriesForWhichItFiresAndForWhichItDoesNot() {
        Set<String> fires = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (JsonNode test : Manifests.documents(DOCKER.resolve("prometheus/alerts.test.yml"))
                .get(0)
                .findValues("alert_rule_test")) {
            for (JsonNode moment : test) {
                (moment.path("exp_alerts").isEmpty() ? silent : fires)
                        .add(moment.path("alertname").asText());
            }
        }
        List<String> alerts = new ArrayList<>();
        alerts().forEach(alert -> alerts.add(alert.path("alert").asText()));
        assertThat(fires).containsExactlyInAnyOrderElementsOf(alerts);
        assertThat(silent).containsExactlyInAnyOrderElementsOf(alerts);
    }

    @Test
    void prometheusCanReadEachQueryOfTheDashboardAndOfTheDocumentation(@TempDir Path folder) throws Exception {
        List<String> queries = new ArrayList<>(dashboard().findValuesAsText("expr"));
        Set<String> documented = new TreeSet<>();
        String questions = Files.readString(Path.of("docs/operations.md")).split("## Questions at 3 a.m.|## Health")[1];
        for (String line : questions.lines().toList()) {
            if (line.matches("[a-z_]+ ?\\(.*|audiences_[a-z_]+|[a-z]+ by .*")) {
                queries.add(line);
                documented.addAll(meters(List.of(line)));
            }
        }
        assertThat(documented).isNotEmpty().isSubsetOf(DocumentedMeters.names());
        ArrayNode rules = new ObjectMapper().createArrayNode();
        for (String query : queries) {
            rules.addObject()
                    .put("record", "query")
                    .put("expr", query.replace("$__rate_interval", "5m"))
                    .putObject("labels")
                    .put("number", Integer.toString(rules.size()));
        }
        ObjectNode file = new ObjectMapper().createObjectNode();
        file.putArray("groups").addObject().put("name", "queries").set("rules", rules);
        promtool("check", "rules", Files.writeString(folder.resolve("queries.yml"), file.toString()));
    }

    private static void promtool(Object... arguments) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "promtool is not installed here; Debian has it in its package prometheus.");
        List<String> command = new ArrayList<>(List.of("promtool"));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(DOCKER.resolve("grafana/dashboards/audiences.json").toFile());
    }

    private static JsonNode alerts() {
        return Manifests.documents(DOCKER.resolve("prometheus/alerts.yml"))
                .get(0)
                .findValue("rules");
    }

    private static Set<String> meters(List<String> expressions) {
        Set<String> names = new TreeSet<>();
        for (String expression : expressions) {
            Matcher meter = METER.matcher(expression.replaceAll("\"[^\"]*\"", ""));
            while (meter.find()) {
                names.add(DocumentedMeters.meter(meter.group()));
            }
        }
        return names;
    }

    private static Set<String> scrape() {
        try (RunningBundle bundle = RunningBundle.start(
                "camel.management.port",
                Integer.toString(FreePort.find()),
                "audiences.inbound",
                "http,kafka",
                "audiences.kafka.brokers",
                "127.0.0.1:" + FreePort.find())) {
            System.gc(); // or there is nothing to measure
            return await().until(() -> bundle.scrape().names(), names -> names.contains("jvm_gc_pause_seconds_sum"));
        }
    }
}
