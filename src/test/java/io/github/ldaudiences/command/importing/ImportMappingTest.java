package io.github.ldaudiences.command.importing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.PropertyLookup;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.ConfiguredMapping;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.mapping.Mapping;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Tag("command")
class ImportMappingTest {

    private static final String EMAIL = "{\"@if\":{\"exists\":{\"@path\":\"$.traits.email\"},"
            + "\"then\":{\"@path\":\"$.traits.email\"},\"else\":{\"@path\":\"$.context.traits.email\"}}}";

    /** What Segment makes of its preset. */
    private static final String PRESET = """
            {"id": "s1", "name": "Sync Engage Audience", "actionId": "a1", "actionSlug": "syncAudience",
             "destinationId": "d1", "modelId": "", "enabled": true,
             "trigger": "type = \\"identify\\" or type = \\"track\\"",
             "settings": {
               "segment_audience_id": {"@path": "$.context.personas.computation_id"},
               "segment_audience_key": {"@path": "$.context.personas.computation_key"},
               "segment_computation_action": {"@path": "$.context.personas.computation_class"},
               "context_kind": "user",
               "segment_user_id": {"@path": "$.userId"},
               "segment_anonymous_id": {"@path": "$.anonymousId"},
               "user_email": %s,
               "context_key": "user_id_only",
               "traits_or_props": {"@if": {"exists": {"@path": "$.properties"}, "then": {"@path": "$.properties"},
                                           "else": {"@path": "$.traits"}}},
               "enable_batching": true, "audience_action": null}}
            """.formatted(EMAIL);

    /** One in which nothing is as in the preset. */
    private static final String OWN = """
            {"name": "Größe & Accounts", "enabled": false,
             "trigger": "contains(event, \\"a\\\\b {{c}}\\")\\n and traits.größe > 1",
             "settings": {
               "segment_audience_id": {"@template": "eu-{{context.personas.computation_id}}"},
               "segment_audience_key": {"@path": "$.properties.audience_key", "_metadata": {"label": "Key"}},
               "segment_computation_action": "journey_step",
               "context_kind": "account",
               "segment_user_id": {"@case": {"operator": "lower", "value": {"@path": "$.traits.größe"}}},
               "segment_anonymous_id": "{{not a template}}",
               "user_email": " c:\\\\dir = # ! ",
               "context_key": "user_id_then_email_then_anonymousId",
               "traits_or_props": {"@path": "$.traits"},
               "audience_action": {"@literal": "ADD"},
               "enable_batching": false}}
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void thePresetNeedsNothingButItsName() {
        assertThat(run(PRESET)).isZero();
        assertThat(out()).isEqualTo("""
                # Sync Engage Audience
                audiences.mapping.sync-engage-audience.enabled=true
                """);
        assertThat(err()).isEmpty();
    }

    @Test
    void whatIsPrintedMeansWhatTheSubscriptionMeans(@TempDir Path folder) throws Exception {
        assertThat(run(OWN)).isZero();
        assertThat(err()).isEmpty();
        // Something must be on, and there must be a destination.
        Path file = Files.writeString(
                folder.resolve("imported.properties"),
                out() + "audiences.mapping.other.enabled=true\naudiences.destination.launchdarkly.client-side-id=c\n");

        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setLocation("file:" + file);
            Settings settings = Settings.read(new PropertyLookup(context.getPropertiesComponent()));
            Mapping meant = ConfiguredMapping.named(
                    "gro-e-accounts",
                    "trigger",
                    "contains(event, \"a\\\\b {\\{c}\\}\")\n and traits.größe > 1",
                    "computation-classes",
                    "journey_step",
                    "segment-audience-id",
                    "{\"@template\":\"eu-{{context.personas.computation_id}}\"}",
                    "segment-audience-key",
                    "$.properties.audience_key",
                    "segment-computation-action",
                    "journey_step",
                    "context-kind",
                    "account",
                    "segment-user-id",
                    "{\"@case\":{\"operator\":\"lower\",\"value\":{\"@path\":\"$.traits.größe\"}}}",
                    "segment-anonymous-id",
                    "{\"@literal\":\"{{not a template}}\"}",
                    "user-email",
                    "{\"@literal\":\" c:\\\\dir = # ! \"}",
                    "context-key",
                    "user_id_then_email_then_anonymousId",
                    "traits-or-props",
                    "$.traits",
                    "audience-action",
                    "ADD",
                    "enable-batching",
                    "false");
            assertThat(Mappings.of(settings)).contains(meant);
            assertThat(settings.get(Catalogue.MAPPING_ENABLED, "gro-e-accounts"))
                    .isFalse();
        }
    }

    @Test
    void theBundleStartsWithWhatIsPrinted() {
        String subscription = OWN.replace("\"enabled\": false", "\"enabled\": true")
                .replace(
                        "contains(event, \\\"a\\\\b {{c}}\\\")\\n and traits.größe > 1", "event = \\\"{{entered}}\\\"");
        assertThat(run(subscription)).isZero();
        List<String> properties = new ArrayList<>(List.of("audiences.mapping.sync-engage-audience.enabled", "false"));
        Properties printed = properties();
        printed.stringPropertyNames().forEach(key -> properties.addAll(List.of(key, printed.getProperty(key))));

        try (RunningBundle bundle = RunningBundle.start(properties.toArray(String[]::new))) {
            AudienceEvent event = AudienceEvent.track("1", "vip", true);
            event.json().put("event", "{{entered}}").putObject("traits").put("größe", "ACME");
            assertThat(bundle.post(AudienceEvent.array(event, AudienceEvent.entered("u1")))
                            .count("delivered"))
                    .isEqualTo(1);
            assertThat(bundle.included("eu-1")).containsExactly("acme");
        }
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "modelId": "m1", | event = \\"new\\" or event = \\"updated\\"
                             | event = \\"new\\" or event = \\"updated\\"
            "modelId": "m1", | type = \\"track\\"
            """)
    void aSubscriptionOfReverseEtlNamesItsSyncMode(String model, String trigger) {
        int exitCode = run("""
                {"name": "Gold", %s "trigger": "%s",
                 "settings": {"segment_audience_id": "gold_1", "segment_audience_key": {"@path": "$.properties.tier"},
                   "segment_computation_action": {"@path": "$.context.personas.computation_class"},
                   "context_kind": "user", "context_key": "user_id_only", "traits_or_props": {"@path": "$.properties"},
                   "segment_user_id": {"@path": "$.properties.id"}, "segment_anonymous_id": {"@path": "$.anonymousId"},
                   "user_email": %s, "__segment_internal_sync_mode": "upsert"}}
                """.formatted(model == null ? "" : model, trigger, EMAIL));
        assertThat(err()).hasLineCount(model == null ? 0 : 1).contains(model == null ? "" : "modelId: ");
        assertThat(exitCode).isEqualTo(model == null ? 0 : 1);
        Map<String, String> printed = new TreeMap<>();
        properties()
                .forEach((key, value) ->
                        printed.put(key.toString().replace("audiences.mapping.gold.", ""), value.toString()));
        assertThat(printed)
                .containsEntry("trigger", trigger.replace("\\", ""))
                .containsOnlyKeys(
                        "enabled",
                        "preset",
                        "sync-mode",
                        "trigger",
                        "segment-audience-id",
                        "segment-audience-key",
                        "segment-user-id")
                .containsEntry("preset", "reverse-etl")
                .containsEntry("sync-mode", "upsert");
    }

    @Test
    void aSyncModeBesideAudienceEventsMeansNothing() {
        assertThat(run(PRESET.replace(
                                "type = \\\"identify\\\" or type = \\\"track\\\"", "event = \\\"Audience Entered\\\"")
                        .replace(
                                "\"enable_batching\": true",
                                "\"enable_batching\": true, \"__segment_internal_sync_mode\": \"add\"")))
                .isZero();
        assertThat(err()).isEmpty();
        assertThat(out()).doesNotContain("reverse-etl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "[%s]",
                "{\"data\":{\"subscription\":%s}}",
                "{\"data\":{\"subscriptions\":[%s],\"pagination\":{}}}",
                "{\"data\":{\"data\":{\"subscriptions\":[%s]}}}",
            })
    void aSubscriptionIsFoundInEachFormOfTheApi(String form) {
        assertThat(run(form.formatted(PRESET))).isZero();
        assertThat(properties()).containsOnlyKeys("audiences.mapping.sync-engage-audience.enabled");
    }

    @Test
    void severalMappingsOfOneNameHaveIdsOfTheirOwn() {
        assertThat(run("[" + PRESET + "," + PRESET + "," + PRESET.replace("Sync Engage Audience", "名前") + "]"))
                .isZero();
        assertThat(properties())
                .containsOnlyKeys(
                        "audiences.mapping.sync-engage-audience.enabled",
                        "audiences.mapping.sync-engage-audience-2.enabled",
                        "audiences.mapping.mapping.enabled");
    }

    @Test
    void aFieldWithoutAValueHasNone() {
        assertThat(run(PRESET.replace("\"segment_user_id\"", "\"segment_anonymous_id\"")))
                .isZero();
        assertThat(properties()).containsEntry("audiences.mapping.sync-engage-audience.segment-user-id", "");
    }

    @ParameterizedTest(name = "{0} instead of {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "context_kind": "user"             | "context_kind": {"@liquid": "a"} | context_kind: has the directive @liquid, which is not supported
            "context_kind": "user"             | "context_kind": null             | context_kind: required, but has no value; set audiences.mapping.sync-engage-audience.context-kind, or leave the default, user.
            "context_key": "user_id_only"      | "context_key": "email"           | context_key: is not allowed; set audiences.mapping.sync-engage-audience.context-key to one of user_id_then_email
            "context_key": "user_id_only"      | "context_key": {"@path": "$.k"}  | context_key: depends on the event, but must be the same for all events here
            "enable_batching": true            | "enable_batching": "sometimes"   | enable_batching: is not allowed; set audiences.mapping.sync-engage-audience.enable-batching to true or false.
            {"@path": "$.context.personas.computation_class"} | "group"           | segment_computation_action: is not allowed; set audiences.mapping.sync-engage-audience.computation-classes to one or more of audience, journey_step
            "enable_batching": true            | "batch_size": 500                | batch_size: all mappings have the same batch size; set audiences.batch.max-members=500
            "enable_batching": true            | "regions": ["eu"]                | regions: not a known field of Sync Audience
            "enable_batching": true            | "__segment_internal_directive": {} | __segment_internal_directive: changes each event before
            "modelId": ""                      | "modelId": "m1"                  | modelId: a Reverse ETL model cannot be a source here
            "enable_batching": true            | "__segment_internal_sync_mode": "add" | __segment_internal_sync_mode: applies only to rows of Reverse ETL
            "modelId": ""                      | "reverseETLSchedule": {}         | reverseETLSchedule: not known here
            "syncAudience"                     | "sendEvent"                      | actionSlug: sendEvent is not Sync Audience
            "type = \\"identify\\" or type = \\"track\\""  | "type is x"              | trigger: FQL: expected an operator at position 6, found 'is', in: type is x; set
            "type = \\"identify\\" or type = \\"track\\""  | "match(event, \\"*In*\\")"  | trigger: FQL: expected a pattern with a * at one end (instead of match write contains(event, "In")) at position 14
            "type = \\"identify\\" or type = \\"track\\""  | "!(type = \\"page\\")"      | trigger: Segment reads a '!' only if it is alone and right before contains or match. Here the trigger works as it is written;
            "type = \\"identify\\" or type = \\"track\\""  | "type = \\"a\\" and event = \\"b\\" or event = \\"c\\"" | trigger: Segment applies the last of 'and' and 'or' that stand side by side to all of them.
            "type = \\"identify\\" or type = \\"track\\""  | null                     | trigger: missing; set audiences.mapping.sync-engage-audience.trigger
            """)
    void whatCannotBeCarriedOverIsSaidFieldByField(String original, String instead, String problem) {
        assertThat(PRESET).contains(original);

        assertThat(run(PRESET.replace(original, instead))).isEqualTo(1);

        assertThat(err()).startsWith("sync-engage-audience: " + problem).hasLineCount(1);
        assertThat(properties()).containsKey("audiences.mapping.sync-engage-audience.enabled");
    }

    @Test
    void backslashesOfATriggerMeanTheSameAsInSegment() {
        String trigger = "properties.a\\.b\\ c = \"d\\e\" and contains(event, \"f.\")";

        assertThat(run(PRESET.replace(
                        "type = \\\"identify\\\" or type = \\\"track\\\"",
                        trigger.replace("\\", "\\\\").replace("\"", "\\\""))))
                .isZero();

        assertThat(properties())
                .containsEntry(
                        "audiences.mapping.sync-engage-audience.trigger",
                        "properties.a.b\\ c = \"d\\\\e\" and contains(event, \"f.\")");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                            | The input is not a subscription: expected an object with settings
            no                            | The input is not valid JSON
            {"data":                      | The input is not valid JSON
            {} {}                         | The input is not valid JSON
            []                            | The input does not hold a subscription.
            [7]                           | The input is not a subscription: expected an object with settings, as Segment's Public API returns it, found 7.
            {"errors": [{"type": "x"}]}   | The input is not a subscription
            {"name": "a", "settings": 1}  | The input is not a subscription
            """)
    void inputThatIsNoSubscriptionIsRefused(String input, String problem) {
        assertThat(run(input)).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).startsWith(problem);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "full"                           | __segment_internal_sync_mode: is not allowed; set audiences.mapping.sync-engage-audience.sync-mode to one of none, add
            {"@path": "$.mode"}              | __segment_internal_sync_mode: depends on the event
            "add"                            | segment_audience_id: rows do not name their audience; set
            """)
    void whatASubscriptionOfReverseEtlLacksIsSaid(String mode, String problem) {
        String subscription = PRESET.replace("\"modelId\": \"\"", "\"modelId\": \"m1\"")
                .replace("\"enable_batching\": true", "\"__segment_internal_sync_mode\": " + mode);
        assertThat(run(subscription)).isEqualTo(1);
        assertThat(err()).contains("sync-engage-audience: " + problem);
    }

    @Test
    void theInputIsAFileOrTheStandardInput(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("subscription.json"), PRESET);

        assertThat(run(InputStream.nullInputStream(), file.toString())).isZero();
        assertThat(run(new ByteArrayInputStream(PRESET.getBytes(StandardCharsets.UTF_8)), "-"))
                .isZero();
        assertThat(run(InputStream.nullInputStream(), folder.resolve("none").toString()))
                .isEqualTo(2);
        assertThat(err()).startsWith("There is no file ").contains("none");
        assertThat(run(InputStream.nullInputStream(), "a", "b")).isEqualTo(2);
        assertThat(err()).contains("Unmatched argument at index 1: 'b'");
    }

    @Test
    void forProgramsPropertiesAndProblemsAreJson() throws Exception {
        String subscription = PRESET.replace("type = \\\"identify\\\" or type = \\\"track\\\"", "type matches x");
        assertThat(subscription).isNotEqualTo(PRESET);

        assertThat(run(new ByteArrayInputStream(subscription.getBytes(StandardCharsets.UTF_8)), "--json"))
                .isEqualTo(1);

        JsonNode mapping = new ObjectMapper().readTree(out()).at("/mappings/0");
        assertThat(mapping.path("id").asText()).isEqualTo("sync-engage-audience");
        assertThat(mapping.path("properties")
                        .path("audiences.mapping.sync-engage-audience.enabled")
                        .asText())
                .isEqualTo("true");
        assertThat(mapping.path("problems").path(0).asText()).startsWith("trigger: ");
        assertThat(err()).isEmpty();
    }

    private int run(String input) {
        return run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    }

    private int run(InputStream in, String... arguments) {
        PrintStream said = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new CommandLine(new ImportMapping(in, new PrintStream(out, true, StandardCharsets.UTF_8), said))
                .setErr(new PrintWriter(said, true))
                .execute(arguments);
    }

    private Properties properties() {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(out()));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
