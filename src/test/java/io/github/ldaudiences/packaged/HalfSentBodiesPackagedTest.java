package io.github.ldaudiences.packaged;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.RawConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bodies that are never sent to their end cannot fill the memory of the process. */
@Tag("packaged")
@Tag("http")
class HalfSentBodiesPackagedTest {

    private static final int SENDERS = 100;
    private static final String HALF = " ".repeat(5_000_000);

    @Test
    void manyTimesTheHeapOfThemCostNobodyAnything() {
        List<RawConnection> senders = new ArrayList<>();
        try (BundleProcess bundle = BundleProcess.in("half-sent-bodies")
                .jvm("-Xmx96m", "-XX:+ExitOnOutOfMemoryError")
                .start()) {
            bundle.awaitStarted();
            for (int i = 0; i < SENDERS; i++) {
                RawConnection sender = RawConnection.to(bundle.httpPort());
                senders.add(sender);
                sender.send("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n" + HALF);
                if (i % 10 == 0) {
                    assertServes(bundle);
                }
            }
            assertServes(bundle);
            // Those for whom there is no room have been told so.
            assertThat(senders.stream().filter(RawConnection::hasAnswer)).hasSizeGreaterThan(SENDERS / 2);
            senders.forEach(RawConnection::close);
            assertServes(bundle);
            assertThat(bundle.terminate()).isIn(0, 143);
        }
    }

    private static void assertServes(BundleProcess bundle) {
        bundle.checkAlive();
        try (RawConnection good = RawConnection.to(bundle.httpPort())) {
            good.send(RawConnection.post("/v1/events", entered("u1").toString()));
            assertThat(good.status()).isEqualTo(200);
        }
    }
}
