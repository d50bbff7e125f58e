package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A start that cannot succeed ends with sentences about what to change, and with an exit code. */
@Tag("packaged")
@Tag("config")
class FailedStartPackagedTest {

    @Test
    void takenPortsAreNamedWithTheirProperties() throws IOException {
        try (ServerSocket http = listen();
                ServerSocket management = listen();
                BundleProcess bundle = BundleProcess.in("taken-ports")
                        .shortLived()
                        .environment("HTTP_PORT", Integer.toString(http.getLocalPort()))
                        .environment("MANAGEMENT_PORT", Integer.toString(management.getLocalPort()))
                        .start()) {
            assertThat(bundle.awaitExit()).isEqualTo(2);
            assertThat(sentences(bundle))
                    .hasSize(3)
                    .anySatisfy(line -> assertThat(line)
                            .contains("127.0.0.1:" + http.getLocalPort(), "audiences.inbound.http.port", "in use"))
                    .anySatisfy(line -> assertThat(line)
                            .contains("127.0.0.1:" + management.getLocalPort(), "camel.management.port", "in use"));
        }
    }

    @Test
    void aConfigurationErrorIsSaidOnce() throws IOException {
        try (BundleProcess bundle = BundleProcess.in("bad-configuration")
                .shortLived()
                .properties(Map.of("audiences.batch.max-members", "many"))
                .start()) {
            assertThat(bundle.awaitExit()).isEqualTo(2);
            assertThat(sentences(bundle))
                    .containsExactly(
                            "The configuration cannot be used:",
                            "  audiences.batch.max-members=many is not allowed; allowed is a whole number from 1 to"
                                    + " 100000.");
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    /** The output without what Camel tells on the way, each with the date and the whole name of a class. */
    private static List<String> sentences(BundleProcess bundle) throws IOException {
        return Files.readAllLines(bundle.output()).stream()
                .filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(Z|[+-]\\d\\d:\\d\\d) INFO  [A-Z]\\w+ .*"))
                .toList();
    }
}
