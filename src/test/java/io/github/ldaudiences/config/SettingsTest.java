package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.mapping.ContextKeyPriority;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.secret.Secret;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("config")
class SettingsTest {

    private static final String TOKEN = "audiences.destination.launchdarkly.service-token";

    /** A mapping, and a placeholder as the shipped properties have them. */
    private static final String[] SHIPPED_LINES = {
        "audiences.mapping.vip-2.enabled", "true",
        "audiences.inbound.http.bearer-tokens", "{{env:AUDIENCES_BEARER_TOKENS:}}"
    };

    @Test
    void whatIsNotSetHasTheDefaultOfTheCatalogue() {
        Settings settings = read();

        assertThat(settings.get(Catalogue.INBOUND)).containsExactly(Inbound.HTTP);
        assertThat(settings.get(Catalogue.HTTP_HOST)).isEqualTo("127.0.0.1");
        assertThat(settings.get(Catalogue.HTTP_PORT)).isEqualTo(8080);
        assertThat(settings.get(Catalogue.HTTP_ALLOW_UNAUTHENTICATED)).isFalse();
        assertThat(settings.get(Catalogue.BATCH_MAX_MEMBERS)).isEqualTo(1000);
        assertThat(settings.get(Catalogue.SANDBOX)).isEqualTo("auto");
        assertThat(settings.mappings()).isEmpty();
        assertThat(settings.destinations()).isEmpty();
    }

    @Test
    void everyDefaultIsAllowed() {
        Settings settings = read("audiences.mapping.m.enabled", "true", TOKEN, "token");

        for (Property<?> property : Catalogue.all()) {
            Object value = !property.isPerInstance()
                    ? settings.get(property)
                    : settings.get(property, property.prefix().contains("mapping") ? "m" : "launchdarkly");
            assertThat(value).as(property.key()).isNotNull();
        }
    }

    @Test
    void aDefaultMayReferToWhatIsSet() {
        assertThat(read("audiences.inbound.http.port", "9090").get(Catalogue.HTTP_URI))
                .startsWith("netty-http:http://127.0.0.1:9090/v1/events?");
    }

    @Test
    void whatIsSetCountsAndSpaceAroundItDoesNot() {
        Settings settings = read("audiences.batch.max-members", " 7 ", "audiences.sandbox", "off");

        assertThat(settings.get(Catalogue.BATCH_MAX_MEMBERS)).isEqualTo(7);
        assertThat(settings.get(Catalogue.SANDBOX)).isEqualTo("off");
    }

    @Test
    void aValueMayReferToAnother() {
        Settings settings = read("my.members", "7", "audiences.batch.max-members", "{{my.members}}");

        assertThat(settings.get(Catalogue.BATCH_MAX_MEMBERS)).isEqualTo(7);
    }

    @Test
    void aPlaceholderForNothingIsNamedByItsKey() {
        assertThatThrownBy(() -> read("audiences.inbound.http.host", "{{env:SURELY_NOT_SET_4711}}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "audiences.inbound.http.host holds a placeholder whose property or variable is not set.");
    }

    @Test
    void aPlaceholderMayHaveADefault() {
        assertThat(read("audiences.inbound.http.host", "{{env:SURELY_NOT_SET_4711:localhost}}")
                        .get(Catalogue.HTTP_HOST))
                .isEqualTo("localhost");
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "audiences.inbound                          | amqp         | one or more of http",
                "audiences.inbound                          | http,,smtp   | one or more of http",
                "audiences.inbound.http.port                | 0            | a whole number from 1 to 65535",
                "audiences.inbound.http.port                | 65536        | a whole number from 1 to 65535",
                "audiences.inbound.http.port                | 80.5         | a whole number from 1 to 65535",
                "audiences.inbound.http.port                | many         | a whole number from 1 to 65535",
                "audiences.inbound.http.port                | 99999999999999999999 | a whole number from 1 to 65535",
                "audiences.inbound.http.allow-unauthenticated | yes        | true or false",
                "audiences.inbound.http.allow-unauthenticated | TRUE       | true or false",
                "audiences.inbound.http.uri                 | nowhere      | the URI of a Camel endpoint",
                "audiences.sandbox                          | maybe        | one of auto, on, off",
                "audiences.batch.max-members                | -1           | a whole number from 1 to 100000",
                "audiences.mapping.m.trigger                | type is x    | an expression in FQL",
                "audiences.mapping.m.context-key            | email        | one of user_id_then_email",
                "audiences.mapping.m.computation-classes    | audiences    | one or more of audience, journey_step",
                "audiences.mapping.m.segment-user-id        | $.a..b       | a path such as $.userId",
                "audiences.mapping.m.segment-user-id        | {\"@path\":  | a path such as $.userId",
                "audiences.mapping.m.segment-user-id        | {\"@case\":{}} | a path such as $.userId",
                "audiences.mapping.m.enable-batching        | on           | true or false",
                "audiences.destination.d.api-url            | app.launchdarkly.com | a URL of scheme, host",
                "audiences.destination.d.api-url            | ftp://a.example | a URL of scheme, host",
                "audiences.destination.d.api-url            | https://a.example/path | a URL of scheme, host",
                "audiences.destination.d.api-url            | https://a.example?q=1 | a URL of scheme, host",
                "audiences.destination.d.instance           | asia         | one of us, eu, federal",
                "audiences.mapping.m.membership             | lax          | one of strict, segment, segment-core",
                "audiences.mapping.m.sync-mode              | full         | one of none, add, update, upsert, delete, mirror",
                "audiences.mapping.m.members                | $.users      | paths with [*] after each list",
                "audiences.mapping.m.members                | users[*]     | paths with [*] after each list",
                "audiences.mapping.m.members                | $.a[*].b     | paths with [*] after each list",
                "audiences.mapping.m.members                | $.a[*],$.b.c[*] | paths with [*] after each list",
                "audiences.mapping.m.members                | $.a[*][*]    | paths with [*] after each list",
                "audiences.mapping.m.audience-action        | {\"@table\":{\"value\":\"x\"}} | a path such as $.userId",
                "audiences.mapping.m.segment-user-id        | $.a[?@.b=1]  | a path such as $.userId",
                "audiences.mapping.m.segment-user-id        | $.a[?@.b=='1' | a path such as $.userId",
                "audiences.mapping.m.preset                 | warehouse    | one of sync-engage-audience, rudderstack",
                "audiences.destination.d.api-url            | not a url    | a URL of scheme, host",
            })
    void aBadValueIsNamedWithItsKeyAndWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> read(key, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key + "=" + value + " is not allowed; allowed is " + allowed);
    }

    @Test
    void aBadValueIsExplainedWhereMoreCanBeSaid() {
        assertThatThrownBy(() -> read("audiences.mapping.m.trigger", "type is x"))
                .hasMessageContaining("(FQL: expected an operator at position 6, found 'is'");
        assertThatThrownBy(() -> read("audiences.mapping.m.segment-user-id", "{\"@case\":{}}"))
                .hasMessageContaining(
                        "(has the directive @case, which needs operator, which is lower or upper, and value)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audiences.batch.max-member",
                "audiences.Batch.max-members",
                "audiences.",
                "audiences.mapping.m",
                "audiences.mapping.m.triggers",
                "audiences.mapping.enabled",
                "audiences.mapping..enabled",
                "audiences.mapping.a.b.enabled",
                "audiences.mapping.a b.enabled",
                "audiences.mapping.-a.enabled",
                "audiences.mapping.a/b.enabled",
                "audiences.destination.d.token",
                "audiences.destination.größe.api-url",
            })
    void anUnknownKeyIsNamed(String key) {
        assertThatThrownBy(() -> read(key, "1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key + " is not a property of this bundle.");
    }

    @Test
    void keysOfOtherSoftwareArePassedOver() {
        assertThat(read("camel.main.name", "x", "audience.typo", "y", "audiencesX", "z"))
                .isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "audiences.batch.max-membres      | audiences.batch.max-members",
                "audiences.batch.maxMembers       | audiences.batch.max-members",
                "AUDIENCES_BATCH_MAX_MEMBERS      | audiences.batch.max-members",
                "audiences.mapping.m.triger       | audiences.mapping.m.trigger",
                "audiences.mapping.new.triger     | audiences.mapping.new.trigger",
                "audiences.mapping.m.context_kind | audiences.mapping.m.context-kind",
            })
    void anUnknownNameComesWithTheOneThatIsLikeIt(String name, String meant) {
        assertThatThrownBy(() -> read(Map.of(), Map.of(), name, "1", "audiences.mapping.m.enabled", "true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(name + " is not a property of this bundle. Did you mean " + meant + "?");
        assertThatThrownBy(() -> read(Map.of(), Map.of(name, "1"), "audiences.mapping.m.enabled", "true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("-D" + name + " is not a property of this bundle.");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "AUDIENCES_BATCH_MAX_MEMBRES        | Did you mean AUDIENCES_BATCH_MAX_MEMBERS?",
                "audiences_batch_max_members        | Did you mean AUDIENCES_BATCH_MAX_MEMBERS?",
                "audiences.batch.max-members        | Did you mean AUDIENCES_BATCH_MAX_MEMBERS?",
                "AUDIENCES_BEARER_TOKEN             | Did you mean AUDIENCES_BEARER_TOKENS?",
                "AUDIENCES_MAPPING_VIP_2_TRIGER     | Did you mean AUDIENCES_MAPPING_VIP_2_TRIGGER?",
                "AUDIENCES_MAPPING_VIP_TRIGGER      | is for a mapping that is not configured. Did you mean"
                        + " AUDIENCES_MAPPING_VIP_2_TRIGGER? Configured: vip-2.",
                "AUDIENCES_DESTINATION_EU_INSTANCE  | is for a destination that is not configured.",
                "AUDIENCES_SANDBOX_PROT             | Did you mean AUDIENCES_SANDBOX_PORT?",
                "AUDIENCES_NONSENSE                 | docs/configuration.md lists them all",
            })
    void anUnknownEnvironmentVariableIsNamedAndItsValueIsNot(String name, String sentence) {
        assertThatThrownBy(() -> read(Map.of(name, "api-4711"), Map.of(), SHIPPED_LINES))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("The environment variable " + name + " is ")
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("api-4711");
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "AUDIENCES_BATCH_MAX_MEMBERS, 5",
        "AUDIENCES_MAPPING_VIP_2_TRIGGER, type = \"track\"",
        // The value of a property names it.
        "AUDIENCES_BEARER_TOKENS, a-token-of-this-test",
        // A Service called audiences, or audiences-http
        "AUDIENCES_SERVICE_HOST, 10.0.0.1",
        "AUDIENCES_SERVICE_PORT, 8080",
        "AUDIENCES_SERVICE_PORT_HTTP, 8080",
        "AUDIENCES_PORT, tcp://10.0.0.1:8080",
        "AUDIENCES_PORT_8080_TCP, tcp://10.0.0.1:8080",
        "AUDIENCES_PORT_8080_TCP_ADDR, 10.0.0.1",
        "AUDIENCES_HTTP_SERVICE_HOST, 10.0.0.1",
        "AUDIENCES_HTTP_PORT_8080_TCP_PROTO, tcp",
        "MY_AUDIENCES_X, 1",
        "AUDIENCESX, 1",
    })
    void variablesOfTheBundleOfKubernetesAndOfOthersDoNotStopTheStart(String name, String value) {
        assertThat(read(Map.of(name, value), Map.of(), SHIPPED_LINES)).isNotNull();
    }

    @Test
    void environmentAndSystemPropertiesSetPropertiesOfMappingsThatThereAre() {
        Settings settings = read(
                Map.of("AUDIENCES_MAPPING_VIP_2_CONTEXT_KEY", "email_only"),
                Map.of("audiences.mapping.vip-2.enabled", "false"),
                SHIPPED_LINES);

        assertThat(settings.get(Catalogue.MAPPING_CONTEXT_KEY, "vip-2")).isEqualTo(ContextKeyPriority.EMAIL_ONLY);
        assertThat(settings.get(Catalogue.MAPPING_ENABLED, "vip-2")).isFalse();
    }

    @Test
    void aSystemPropertyOfAMappingThatThereIsNotIsNamed() {
        assertThatThrownBy(() -> read(Map.of(), Map.of("audiences.mapping.accounts.enabled", "true"), SHIPPED_LINES))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("-Daudiences.mapping.accounts.enabled is for a mapping that is not configured."
                        + " Configured: vip-2. To add a mapping, set one of its properties in a file.");
    }

    /** As Camel Quarkus does, which lists the environment among its properties. */
    @Test
    void aVariableThatARuntimeListsAmongItsPropertiesIsAVariable() {
        assertThat(read(
                        Map.of("AUDIENCES_SERVICE_HOST", "10.0.0.1"),
                        Map.of(),
                        "audiences.service.host",
                        "10.0.0.1",
                        "AUDIENCES_SERVICE_HOST",
                        "10.0.0.1"))
                .isNotNull();
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        assertThatThrownBy(() -> read(
                        "audiences.inbound.http.port", "many",
                        "audiences.batch.max-member", "1",
                        "audiences.mapping.m.trigger", "nonsense",
                        "audiences.sandbox", "{{env:SURELY_NOT_SET_4711}}"))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains("audiences.inbound.http.port=many")
                .contains("audiences.batch.max-member is not")
                .contains("audiences.mapping.m.trigger=nonsense")
                .contains("audiences.sandbox holds")
                .satisfies(message -> assertThat(message.lines()).hasSize(5));
    }

    @Test
    void aSecretThatIsNotAllowedIsNotShown() {
        assertThatThrownBy(() -> read(TOKEN, "api-4711\nsecret-line"))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains(TOKEN + " has a value that is not allowed; allowed is any text on one line.")
                .doesNotContain("4711")
                .doesNotContain("secret-line");
    }

    @Test
    void aSecretWithAPlaceholderForNothingIsNotShown() {
        assertThatThrownBy(() -> read(TOKEN, "api-4711{{env:SURELY_NOT_SET_4712}}"))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains(TOKEN)
                .doesNotContain("4711");
    }

    @Test
    void aSecretIsReadAndPrintsAsAsterisks() {
        Settings settings = read(TOKEN, " api-4711 ");

        assertThat(settings.get(Catalogue.DESTINATION_SERVICE_TOKEN, "launchdarkly")
                        .reveal())
                .isEqualTo("api-4711");
        assertThat(settings.get(Catalogue.DESTINATION_SERVICE_TOKEN, "launchdarkly"))
                .hasToString("******");
    }

    @Test
    void severalSecretsHaveCommasBetween() {
        assertThat(read("audiences.inbound.http.basic-credentials", "a:password , b:pass:word")
                        .get(Catalogue.HTTP_BASIC_CREDENTIALS))
                .hasToString("[******, ******]")
                .extracting(Secret::reveal)
                .containsExactly("a:password", "b:pass:word");
        assertThat(read().get(Catalogue.HTTP_BEARER_TOKENS)).isEmpty();
    }

    @Test
    void mappingsAndDestinationsAreWhateverAnyKeyNames() {
        Settings settings = read(
                "audiences.mapping.one.enabled", "false",
                "audiences.mapping.Two_2-b.context-kind", "device",
                "audiences.mapping.3.trigger", "type = \"track\"",
                "audiences.destination.eu.api-url", "https://app.eu.launchdarkly.com/",
                "audiences.destination.us.service-token", "token");

        assertThat(settings.mappings()).containsExactlyInAnyOrder("one", "Two_2-b", "3");
        assertThat(settings.destinations()).containsExactlyInAnyOrder("eu", "us");
        assertThat(settings.get(Catalogue.MAPPING_ENABLED, "one")).isFalse();
        assertThat(settings.get(Catalogue.MAPPING_ENABLED, "3")).isTrue();
        assertThat(settings.get(Catalogue.DESTINATION_API_URL, "eu")).isEqualTo("https://app.eu.launchdarkly.com");
        assertThat(settings.get(Catalogue.DESTINATION_API_URL, "us")).isEmpty();
    }

    @Test
    void aMappingHasSegmentsDefaults() {
        Settings settings = read("audiences.mapping.m.enabled", "true");
        JsonNode event = json("""
                {"userId": "u", "anonymousId": "a", "context": {"traits": {"email": "c@example.com"},
                 "personas": {"computation_id": "id", "computation_key": "key", "computation_class": "audience"}}}
                """);

        assertThat(settings.get(Catalogue.MAPPING_TRIGGER, "m")).isEqualTo("type = \"identify\" or type = \"track\"");
        assertThat(settings.get(Catalogue.MAPPING_CONTEXT_KEY, "m")).isEqualTo(ContextKeyPriority.USER_ID_ONLY);
        assertThat(settings.get(Catalogue.MAPPING_COMPUTATION_CLASSES, "m")).containsExactly("audience");
        assertThat(settings.get(Catalogue.MAPPING_ENABLE_BATCHING, "m")).isTrue();
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_AUDIENCE_ID, event)).isEqualTo("id");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_AUDIENCE_KEY, event))
                .isEqualTo("key");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_COMPUTATION_ACTION, event))
                .isEqualTo("audience");
        assertThat(text(settings, Catalogue.MAPPING_CONTEXT_KIND, event)).isEqualTo("user");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_USER_ID, event)).isEqualTo("u");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_ANONYMOUS_ID, event))
                .isEqualTo("a");
        assertThat(text(settings, Catalogue.MAPPING_USER_EMAIL, event)).isEqualTo("c@example.com");
        assertThat(settings.get(Catalogue.MAPPING_TRAITS_OR_PROPS, "m")).isSameAs(MappingValue.NONE);
        assertThat(settings.get(Catalogue.MAPPING_AUDIENCE_ACTION, "m")).isSameAs(MappingValue.NONE);
    }

    @Test
    void theBracesOfADirectiveAreNoPlaceholders() {
        Settings settings = read(
                "audiences.mapping.m.segment-user-id",
                "{\"@if\":{\"exists\":{\"@path\":\"$.traits.id\"},\"then\":{\"@path\":\"$.traits.id\"},"
                        + "\"else\":{\"@if\":{\"blank\":{\"@path\":\"$.userId\"},\"then\":{\"@template\":\"{{userId}}\"},"
                        + "\"else\":\"none\"}}}}");

        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_USER_ID, json("{\"traits\":{\"id\":\"t\"}}")))
                .isEqualTo("t");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_USER_ID, json("{\"userId\":\"u\"}")))
                .isEqualTo("u");
        assertThat(text(settings, Catalogue.MAPPING_SEGMENT_USER_ID, json("{\"userId\":\"\"}")))
                .isEqualTo("none");
    }

    @Test
    void severalValuesMayHaveSpacesBetween() {
        assertThat(read("audiences.mapping.m.computation-classes", "journey_step , audience")
                        .get(Catalogue.MAPPING_COMPUTATION_CLASSES, "m"))
                .containsExactlyInAnyOrder("audience", "journey_step");
    }

    private static String text(Settings settings, Property<MappingValue> property, JsonNode event) {
        return settings.get(property, "m").in(event).asText();
    }

    @ParameterizedTest
    @CsvSource({
        "us,      '',                  https://app.launchdarkly.com,    https://clientsdk.launchdarkly.com",
        "eu,      '',                  https://app.eu.launchdarkly.com, https://clientsdk.eu.launchdarkly.com",
        "federal, '',                  https://app.launchdarkly.us,     https://clientsdk.launchdarkly.us",
        "eu,      https://a.example/,  https://a.example,               https://clientsdk.eu.launchdarkly.com",
    })
    void anInstanceHasItsHostsUnlessOthersAreNamed(
            String instance, String apiUrl, String expectedApi, String expectedSdk) {
        Settings settings = read(
                TOKEN,
                "token",
                "audiences.destination.launchdarkly.client-side-id",
                "id",
                "audiences.destination.launchdarkly.instance",
                instance,
                "audiences.destination.launchdarkly.api-url",
                apiUrl);

        Destination destination = new Destinations(settings).ofLaunchDarkly().get(0);

        assertThat(destination.apiUrl()).isEqualTo(expectedApi);
        assertThat(destination.sdkUrl()).isEqualTo(expectedSdk);
    }

    @Test
    void whatTheEventsOfAPresetDoNotNameMustNotBeEmpty() {
        Settings settings = read(
                "audiences.destination.launchdarkly.client-side-id", "c",
                "audiences.mapping.m.preset", "reverse-etl",
                "audiences.mapping.m.sync-mode", "mirror",
                "audiences.mapping.m.segment-audience-id", "",
                "audiences.mapping.m.segment-audience-key", "gold");
        assertThatThrownBy(() -> Mappings.of(settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("audiences.mapping.m.segment-audience-id is not set; it is required with"
                        + " audiences.mapping.m.preset=reverse-etl")
                .hasMessageNotContaining("segment-audience-key");
    }

    @Test
    void thePasswordInAnAddressIsNotShown() {
        assertThatThrownBy(() -> read("audiences.destination.a.api-url", "https://user:hidden-word@host.example"))
                .hasMessageContaining("audiences.destination.a.api-url")
                .hasMessageNotContaining("hidden-word");
    }

    /** Reads pairs of key and value as the bundle does at its start. */
    static Settings read(String... pairs) {
        return read(Map.of(), Map.of(), pairs);
    }

    private static Settings read(Map<String, String> environment, Map<String, String> system, String... pairs) {
        Properties systemProperties = new Properties();
        systemProperties.putAll(system);
        Properties set = new Properties();
        for (int i = 0; i < pairs.length; i += 2) {
            set.setProperty(pairs[i], pairs[i + 1]);
        }
        PropertiesComponent component = new DefaultCamelContext().getPropertiesComponent();
        component.setOverrideProperties(set);
        return Settings.read(new PropertyLookup(component, environment, systemProperties));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
