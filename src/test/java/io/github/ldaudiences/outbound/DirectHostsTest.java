package io.github.ldaudiences.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("delivery")
class DirectHostsTest {

    @ParameterizedTest(name = "{0} has {1}:{2}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a.example                | a.example      | 443  | true",
                "a.example                | A.Example.     | 443  | true",
                "a.example                | b.a.example    | 443  | true",
                "a.example                | ba.example     | 443  | false",
                "a.example                | example        | 443  | false",
                ".a.example               | b.a.example    | 443  | true",
                ".a.example               | a.example      | 443  | true",
                "*.a.example              | b.a.example    | 443  | true",
                "a.example:8443           | a.example      | 8443 | true",
                "a.example:8443           | a.example      | 443  | false",
                "x.example, a.example     | a.example      | 443  | true",
                "x.example a.example      | a.example      | 443  | true",
                "*                        | a.example      | 443  | true",
                "10.1.2.3                 | 10.1.2.3       | 443  | true",
                "10.1.2.3                 | 10.1.2.4       | 443  | false",
                "10.1.2.3:80              | 10.1.2.3       | 443  | false",
                "10.0.0.0/8               | 10.200.1.1     | 443  | true",
                "10.0.0.0/8               | 11.0.0.1       | 443  | false",
                "10.0.0.0/8               | ten.example    | 443  | false",
                "2001:db8::/32            | 2001:db8::1    | 443  | true",
                "2001:db8::/32            | [2001:db8::1]  | 443  | true",
                "[2001:db8::1]:8443       | 2001:db8:0::1  | 8443 | true",
                "[2001:db8::1]:8443       | 2001:db8:0::1  | 443  | false",
                "2.3                      | 10.1.2.3       | 443  | false",
                "''                       | a.example      | 443  | false",
                "''                       | localhost      | 443  | true",
                "''                       | dev.localhost  | 443  | true",
                "''                       | 127.0.0.1      | 443  | true",
                "''                       | 127.9.9.9      | 443  | true",
                "''                       | ::1            | 443  | true",
            })
    void hostsAreFoundAsInNoProxy(String entries, String host, int port, boolean direct) {
        assertThat(DirectHosts.of(entries).contains(host, port)).isEqualTo(direct);
    }

    @Test
    void onlyAStarIsAll() {
        assertThat(DirectHosts.of("a.example,*").areAll()).isTrue();
        assertThat(DirectHosts.of("*.example").areAll()).isFalse();
        assertThat(DirectHosts.of("*:443").areAll()).isFalse();
        assertThat(DirectHosts.of(" , ").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.example", "a.example:https", "10.0.0.0/33", "10.0.0.0/x", "a.example/8", "."})
    void whatIsNoHostIsRefused(String entry) {
        assertThatThrownBy(() -> DirectHosts.of("b.example," + entry)).isInstanceOf(IllegalArgumentException.class);
    }
}
