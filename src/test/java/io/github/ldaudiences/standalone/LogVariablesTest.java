package io.github.ldaudiences.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.config.ConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("config")
class LogVariablesTest {

    @Test
    void saysEachValueThatIsNotAllowed() {
        assertThatCode(() -> LogVariables.check(Map.of("LOG_FORMAT", "json", "LOG_LEVEL", "WARN")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> LogVariables.check(Map.of("LOG_FORMAT", "xml", "LOG_LEVEL_BUNDLE", "loud")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("LOG_FORMAT=xml is not allowed; allowed is text or json.")
                .hasMessageContaining("LOG_LEVEL_BUNDLE=loud is not allowed; allowed is off, error,");
    }
}
