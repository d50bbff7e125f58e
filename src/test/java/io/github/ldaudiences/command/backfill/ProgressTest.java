package io.github.ldaudiences.command.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.command.backfill.Place.Counts;
import io.github.ldaudiences.inbound.file.LineSource;
import io.github.ldaudiences.inbound.file.ReadOnceLines;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("command")
class ProgressTest {

    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final String SHOWN =
            "75\\.0 %, 1,500 events, [\\d,]+/s, 12 requests, rate limit: 34 left, \\d+ s left";

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void elsewhereThanOnATerminalEachLineIsWhole() {
        show(false);

        assertThat(text().lines()).allMatch(line -> line.matches("[\\d.]+ %, [\\d,]+ events, .*"));
        assertThat(text().lines()).last().asString().matches(SHOWN);
        assertThat(text()).doesNotContain("\r");
    }

    @Test
    void onATerminalOneLineIsWrittenOverAndLeavesNothingBehind() {
        show(true);

        assertThat(text()).doesNotContain("\n").endsWith(" \r");
        assertThat(text().split("\r")).anyMatch(line -> line.strip().matches(SHOWN));
    }

    private void show(boolean terminal) {
        PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (Progress progress = new Progress(out, terminal, new SomeWay(), 2000, OFTEN)) {
            progress.begin(new Counts(500, 0, 0), 500);
            progress.settled(new Counts(998, 1, 1), 1500);
            await().until(() -> text().contains("1,500 events"));
        }
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static final class SomeWay implements Way {

        @Override
        public String target() {
            return null;
        }

        @Override
        public ReadOnceLines.Limits limits() {
            return null;
        }

        @Override
        public void send(LineSource lines) {
            // Nothing is sent.
        }

        @Override
        public long requests() {
            return 12;
        }

        @Override
        public String waitsFor() {
            return "rate limit: 34 left";
        }

        @Override
        public void close() {
            // Nothing is under way.
        }
    }
}
