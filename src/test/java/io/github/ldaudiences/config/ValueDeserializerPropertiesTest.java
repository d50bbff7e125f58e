package io.github.ldaudiences.config;

import static io.github.ldaudiences.config.ConfiguredSettings.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.secret.Secret;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The configuration of a deserializer that the bundle does not know. */
@Tag("config")
class ValueDeserializerPropertiesTest {

    private static final String CLASS = "audiences.inbound.kafka.value-deserializer";
    private static final String URL = CLASS + ".apicurio.registry.url";

    @Test
    void itGoesToTheDeserializerAsItIsFromFilesAndSystemProperties() {
        Settings settings = read(
                Map.of(),
                Map.of(CLASS + ".Odd_name", "{\"a\":1}"),
                CLASS,
                "some.Deserializer",
                URL,
                " http://registry ",
                CLASS + ".empty",
                "");

        assertThat(settings.get(Catalogue.KAFKA_VALUE_DESERIALIZER)).isEqualTo("some.Deserializer");
        assertThat(settings.valueDeserializer())
                .isEqualTo(Map.of("apicurio.registry.url", "http://registry", "Odd_name", "{\"a\":1}"));
    }

    @Test
    void aVariableReplacesTheValueInAFileAndAddsNone() {
        Map<String, String> environment =
                Map.of("AUDIENCES_INBOUND_KAFKA_VALUE_DESERIALIZER_APICURIO_REGISTRY_URL", "http://other");

        assertThat(read(environment, Map.of(), CLASS, "some.Deserializer", URL, "http://registry")
                        .valueDeserializer())
                .isEqualTo(Map.of("apicurio.registry.url", "http://other"));
        assertThatThrownBy(() -> read(environment, Map.of(), CLASS, "some.Deserializer"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "AUDIENCES_INBOUND_KAFKA_VALUE_DESERIALIZER_APICURIO_REGISTRY_URL may be meant for"
                                + " the deserializer, but its property names cannot be derived from environment variables.");
    }

    @Test
    void whatItsNameCallsASecretIsMasked() {
        read(
                Map.of(),
                Map.of(),
                CLASS,
                "some.Deserializer",
                CLASS + ".apicurio.registry.auth.client.secret",
                "client-0815",
                CLASS + ".basic.auth.user.info",
                "user:info-0815",
                CLASS + ".apicurio.registry.auth.service.token.endpoint",
                "endpoint-0815");

        assertThat(Secret.maskIn("client-0815 user:info-0815 endpoint-0815")).isEqualTo("****** ****** endpoint-0815");
    }

    @Test
    void aPlaceholderForNothingIsNamed() {
        assertThatThrownBy(
                        () -> read(Map.of(), Map.of(), CLASS, "some.Deserializer", URL, "{{env:SURELY_NOT_SET_4711}}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(URL + " holds a placeholder whose property or variable is not set.");
    }
}
