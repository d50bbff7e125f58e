package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.outbound.ForwardProxy;
import java.net.URI;
import java.util.Map;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy comes from properties, or else from the variables that other programs read. */
@Tag("config")
class OutboundProxyTest {

    private static final String PREFIX = "audiences.outbound.";
    private static final String TARGET = "https://app.launchdarkly.com";

    @Test
    void withNothingSetThereIsNone() {
        assertThat(OutboundProxy.of(SettingsTest.read(), Map.of())).isNull();
        assertThat(OutboundProxy.of(SettingsTest.read(), Map.of("HTTPS_PROXY", " ", "NO_PROXY", "a.example/x")))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://proxy.example:3128,                  proxy.example:3128",
        "https_proxy, http://proxy.example:3128/,                 proxy.example:3128",
        "HTTPS_PROXY, proxy.example:8080,                         proxy.example:8080",
        "HTTPS_PROXY, http://proxy.example,                       proxy.example:80",
        "HTTPS_PROXY, http://user:p%40ss-word@proxy.example:3128, proxy.example:3128",
    })
    void theVariableIsTheDefault(String name, String value, String expected) {
        ForwardProxy proxy = OutboundProxy.of(SettingsTest.read(), Map.of(name, value));

        assertThat(proxy).hasToString(expected);
        assertThat(goesThrough(proxy, TARGET)).isTrue();
        assertThat(goesThrough(proxy, "http://relay.example")).isFalse();
    }

    @Test
    void propertiesGoBeforeVariables() {
        Map<String, String> variables = Map.of(
                "HTTPS_PROXY", "http://other.example:1", "NO_PROXY", "launchdarkly.com", "no_proxy", "relay.example");

        ForwardProxy proxy = OutboundProxy.of(SettingsTest.read(PREFIX + "proxy-host", "proxy.example"), variables);
        assertThat(proxy).hasToString("proxy.example:3128");
        assertThat(goesThrough(proxy, TARGET)).isFalse();
        assertThat(goesThrough(proxy, "http://relay.example")).isTrue();

        ForwardProxy other = OutboundProxy.of(SettingsTest.read(PREFIX + "no-proxy", "relay.example"), variables);
        assertThat(other).hasToString("other.example:1");
        assertThat(goesThrough(other, TARGET)).isTrue();
    }

    @Test
    void aStarTurnsTheProxyOff() {
        assertThat(OutboundProxy.of(SettingsTest.read(PREFIX + "no-proxy", "*"), Map.of("HTTPS_PROXY", "socks5://x")))
                .isNull();
        assertThat(OutboundProxy.of(
                        SettingsTest.read(), Map.of("HTTPS_PROXY", "http://proxy.example:1", "no_proxy", "*")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://proxy.example:1080",
                "https://user:hidden-word@proxy.example:443",
                "http://user:hidden-word#1@proxy.example:3128",
                "http://",
                "http://user:hidden word@proxy.example",
            })
    void aVariableThatCannotBeUsedIsNamedAndNotShown(String value) {
        assertThatThrownBy(() -> OutboundProxy.of(SettingsTest.read(), Map.of("HTTPS_PROXY", value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("The environment variable HTTPS_PROXY has a value that is not allowed; allowed is"
                        + " http://host:port, or http://user:password@host:port")
                .hasMessageContaining("audiences.outbound.no-proxy=*")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void otherValuesThatCannotBeUsedAreNamedToo() {
        assertThatThrownBy(() -> OutboundProxy.of(
                        SettingsTest.read(),
                        Map.of("HTTPS_PROXY", "http://proxy.example:1", "NO_PROXY", "10.0.0.0/99")))
                .hasMessageContaining(
                        "The environment variable NO_PROXY=10.0.0.0/99 is not allowed; allowed is host names");
        assertThatThrownBy(() -> SettingsTest.read(PREFIX + "no-proxy", "10.0.0.0/99"))
                .hasMessageContaining("audiences.outbound.no-proxy=10.0.0.0/99 is not allowed; allowed is host names");
        assertThatThrownBy(() -> SettingsTest.read(PREFIX + "proxy-host", "http://user:hidden-word@proxy.example"))
                .hasMessageContaining("is not allowed; allowed is a host name or an IP address, or empty.")
                .hasMessageNotContaining("hidden-word");
        assertThatThrownBy(
                        () -> OutboundProxy.of(SettingsTest.read(PREFIX + "proxy-password", "hidden-word"), Map.of()))
                .hasMessageContaining("audiences.outbound.proxy-password has no effect while"
                        + " audiences.outbound.proxy-user is empty; set both.")
                .hasMessageNotContaining("hidden-word");
    }

    private static boolean goesThrough(ForwardProxy proxy, String url) {
        return proxy.isFor(HttpHost.create(URI.create(url)));
    }
}
