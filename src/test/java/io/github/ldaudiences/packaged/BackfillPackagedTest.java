package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.Compressed;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A backfill that is ended in the middle, again and again, and started again with the same command. */
@Tag("packaged")
@Tag("command")
class BackfillPackagedTest {

    private static final int LINES = 30_000;
    private static final int BAD_LINES = 30;
    private static final int KILLS = 3;

    private final Map<String, Boolean> expected = new HashMap<>();
    private Sandbox sandbox;
    private BundleProcess process;

    @BeforeEach
    void setTheScene() throws IOException {
        sandbox = new Sandbox(0, "token", Set.of("environment"));
        sandbox.add(Fault.status(0, 0).after(20));
        process = BundleProcess.in("backfill")
                .shortLived()
                .jvm("-Xmx128m")
                // The usual variable, which the command must not follow: nothing is there to connect to.
                .environment("AUDIENCES_INBOUND", "http,kafka")
                .environment("AUDIENCES_BATCH_MAX_MEMBERS", "100")
                .environment("AUDIENCES_CHECK_CREDENTIALS", "off")
                .launchDarkly(sandbox.url(), "token", "environment");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            String audience = "aud_" + i % 7;
            if (i % (LINES / BAD_LINES) == 0) {
                lines.append("junk ").append(i).append('\n');
            } else {
                boolean member = i % 3 != 0;
                lines.append(AudienceEvent.identify(audience, "vip", member).user("u" + i))
                        .append('\n');
                expected.put(Memberships.key(audience, "u" + i), member);
            }
        }
        Files.write(process.folder().resolve("load.ndjson.gz"), Compressed.gzip(lines.toString()));
        process.command("backfill", "load.ndjson.gz");
    }

    @AfterEach
    void clear() throws IOException {
        process.close();
        sandbox.close();
    }

    @Test
    void whatIsKilledAndStartedAgainLosesNothingAndDoesNotBeginAgain() throws IOException {
        Random random = new Random();
        for (int kill = 1; kill <= KILLS; kill++) {
            process.start();
            long taken = taken() + 3_000 + random.nextInt(2_000);
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        process.checkAlive();
                        // The place is written once a second: later than the members are taken, on a fast machine.
                        return taken() > taken && placeIsFarInTheFile();
                    });
            process.kill();
        }
        process.start();

        // Some lines are no events.
        assertThat(process.awaitExit()).isEqualTo(1);
        assertThat(Memberships.of(sandbox)).isEqualTo(expected);
        assertThat(deadLetteredLines()).hasSize(BAD_LINES);
        assertThat(taken()).isLessThan(3 * LINES);
        String output = Files.readString(process.output());
        assertThat(output)
                .containsPattern("load.ndjson.gz: continuing from line \\d{4,}\\.")
                .containsPattern("Settled: 30,000 events in .*: 29,970 delivered, 0 skipped, 30 rejected;")
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void aStopSaysHowFarItCameAndTheNextStartEndsIt() throws IOException {
        process.command("backfill", "--json", "load.ndjson.gz").start();
        await().atMost(Duration.ofMinutes(1)).until(() -> taken() > 3_000);

        assertThat(process.terminate()).isEqualTo(143);
        assertThat(Files.readString(process.output())).contains("\"complete\" : false");

        process.start();
        assertThat(process.awaitExit()).isEqualTo(1);
        assertThat(Memberships.of(sandbox)).isEqualTo(expected);
        long taken = taken();

        process.start();
        process.awaitExit();
        assertThat(Files.readString(process.output()))
                .contains("load.ndjson.gz is settled already. To send it again, add --from-start.");
        assertThat(taken()).isEqualTo(taken);
        assertThat(Path.of(process.folder().toString(), ".load.ndjson.gz.backfill"))
                .exists();
    }

    private boolean placeIsFarInTheFile() throws IOException {
        Path place = Path.of(process.folder().toString(), ".load.ndjson.gz.backfill");
        return Files.exists(place)
                && new ObjectMapper().readTree(place.toFile()).path("line").asLong() >= 1_000;
    }

    /** A line that is read again after a kill may be there twice, or once more as half a line. */
    private Set<Integer> deadLetteredLines() throws IOException {
        Set<Integer> lines = new HashSet<>();
        try (Stream<Path> files = Files.list(process.deadLetters())) {
            for (Path file : files.toList()) {
                for (String letter : Files.readAllLines(file)) {
                    if (letter.endsWith("}")) {
                        lines.add(new ObjectMapper()
                                .readTree(letter)
                                .at("/source/line")
                                .asInt());
                    }
                }
            }
        }
        return lines;
    }

    private long taken() {
        return sandbox.stats().path("members").asLong();
    }
}
