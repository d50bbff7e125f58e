package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files a secret may be in. */
@Tag("config")
class SecretFileTest {

    private static final String TOKEN = "audiences.destination.launchdarkly.service-token";
    private static final String BEARER = "audiences.inbound.http.bearer-tokens";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"api-4711", "api-4711\n", "api-4711\r\n"})
    void oneLineEndAtTheEndDoesNotCount(String content) throws Exception {
        assertThat(token(content)).isEqualTo("api-4711");
    }

    @Test
    void spacesCount() throws Exception {
        assertThat(token(" pass word ")).isEqualTo(" pass word ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"first-token-4711\nsecond-token-4711\n", "first-token-4711,second-token-4711"})
    void severalValuesStandOnALineEachOrHaveCommasBetween(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), content);
        assertThat(SettingsTest.read(BEARER + "-file", file.toString()).get(Catalogue.HTTP_BEARER_TOKENS))
                .extracting(Secret::reveal)
                .containsExactly("first-token-4711", "second-token-4711");
    }

    @ParameterizedTest
    @CsvSource({
        "'', it is empty",
        "'\n', it is empty",
        "'MARKED-1\nMARKED-2', its text is not allowed",
        "'MARKED-1\n\n', its text is not allowed",
        "'MARKED-1\t', its text is not allowed",
        "'\uFEFFMARKED-1', it begins with a byte order mark",
    })
    void anyOtherTextEndsTheStartWithASentence(String content, String why) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), content);
        assertRefused(file, why);
    }

    @Test
    void whatIsNoTextOrNoFileEndsTheStartWithASentence() throws Exception {
        assertRefused(folder.resolve("nothing"), "it does not exist");
        assertRefused(folder, "it is not a regular file");
        assertRefused(
                Files.write(folder.resolve("latin"), "MARKED-é".getBytes(StandardCharsets.ISO_8859_1)),
                "it is not in UTF-8");
        assertRefused(Files.writeString(folder.resolve("large"), "MARKED".repeat(11_000)), "it is too large");
    }

    @Test
    void whatIsNoPathEndsTheStartWithASentence() {
        assertThatThrownBy(() -> SettingsTest.read(TOKEN + "-file", "/run/\0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not allowed; allowed is the path of a file, or empty.");
    }

    private void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> SettingsTest.read(TOKEN + "-file", file.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(TOKEN + "-file=" + file + " is not allowed, because " + why)
                .hasMessageContaining(
                        "; allowed is a file of at most 65536 bytes in UTF-8 that can be read and holds any"
                                + " text on one line.")
                .hasMessageNotContaining("MARKED");
    }

    @Test
    void aSecretIsNotInBothPlaces() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "api-4711");
        assertThatThrownBy(() -> SettingsTest.read(TOKEN, "api-4712", TOKEN + "-file", file.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(TOKEN + " and " + TOKEN + "-file are both set; allowed is one of them.");
    }

    @Test
    void aPasswordForKafkaIsReadAtStart() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "pass word");
        Settings settings = SettingsTest.read("audiences.kafka.sasl-password-file", file.toString());
        assertThat(settings.get(Catalogue.KAFKA_SASL_PASSWORD).reveal()).isEqualTo("pass word");
        assertThat(settings.secretFiles()).singleElement().matches(SecretFile::isReadAtStart);
    }

    private String token(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), content);
        return SettingsTest.read(TOKEN + "-file", file.toString())
                .get(Catalogue.DESTINATION_SERVICE_TOKEN, "launchdarkly")
                .reveal();
    }
}
