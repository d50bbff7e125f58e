package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import io.github.ldaudiences.fixture.Compressed;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The same batches of 1,000 events, plain, compressed, and as the libraries for Segment's API send them. */
final class SendersScenario {

    private static final String TOKEN = "benchmark-token-0123456789";
    private static final String KEY = "benchmarkKey0123456789";
    private static final int CALLERS = 16;
    private static final int BODIES = 50;
    private static final int EVENTS = 1000;
    private static final int REQUESTS = 250;
    private static final int WARM_UP_ROUNDS = 3;
    private static final int ROUNDS = 8;
    private static final int GZIP_HEADER = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** One way to send the batches, and what it has cost so far. */
    private static final class Way {

        private final String name;
        private final byte[][] bodies;
        private final Senders senders;
        private Measured measured;

        private Way(String name, byte[][] bodies, Senders senders) {
            this.name = name;
            this.bodies = bodies;
            this.senders = senders;
        }

        private Measured once(Bundle bundle, BareStub stub) throws Exception {
            return Measured.during(
                    () -> senders.run(CALLERS, REQUESTS, i -> bodies[i % bodies.length]),
                    (double) REQUESTS * EVENTS,
                    bundle,
                    stub);
        }

        private double cpuMicros() {
            return measured.cpuMicros();
        }
    }

    private SendersScenario() {}

    static void run(BareStub stub) throws Exception {
        byte[][] arrays = events();
        byte[][] batches = batches(arrays, "");
        byte[][] gzipped = Arrays.stream(batches).map(Compressed::gzip).toArray(byte[][]::new);
        byte[][] withKey = batches(arrays, ",\"writeKey\":\"" + KEY + "\"");
        String bearer = "Authorization: Bearer " + TOKEN;
        String basic = "Authorization: Basic "
                + Base64.getEncoder().encodeToString((KEY + ":").getBytes(StandardCharsets.US_ASCII));
        try (Bundle bundle = new Bundle("1g", stub.url(), properties());
                Senders events = new Senders(bundle.port(), "/v1/events", bearer);
                Senders compressed = new Senders(bundle.port(), "/v1/events", bearer, "Content-Encoding: gzip");
                Senders keyInHeader = new Senders(bundle.port(), "/v1/batch", basic);
                Senders keyInBody = new Senders(bundle.port(), "/v1/batch")) {
            Way plain = new Way("/v1/events", batches, events);
            Way gzip = new Way("/v1/events, gzip", gzipped, compressed);
            List<Way> ways = List.of(
                    plain,
                    gzip,
                    new Way("/v1/batch, write key in Authorization", batches, keyInHeader),
                    new Way("/v1/batch, write key in the body", withKey, keyInBody));
            measure(ways, bundle, stub);
            say("batches of 1,000 events, 20 audiences, 16 callers, wait 200 ms");
            for (Way way : ways) {
                say("  %s", way.name);
                way.measured.reportRates();
                say("    beside the first: %.2f", way.cpuMicros() / plain.cpuMicros());
            }
            reportGzip(batches, gzipped, gzip.cpuMicros() - plain.cpuMicros());
        }
    }

    private static void reportGzip(byte[][] bodies, byte[][] gzipped, double moreMicros) throws DataFormatException {
        double inflated = megabytes(bodies);
        say("  gzip makes the bodies %.1f times as small", inflated / megabytes(gzipped));
        if (moreMicros > 0) {
            say(
                    "    it costs %.1f microseconds more for each event: %.0f MB of inflated bytes by CPU-second",
                    moreMicros, inflated * 1e6 / bodies.length / EVENTS / moreMicros);
        } else {
            say("    it costs %.1f microseconds less for each event", -moreMicros);
        }
        inflate(gzipped, 5); // warms up
        say("    inflating alone: %.0f MB of inflated bytes by CPU-second", inflated * 20 / inflate(gzipped, 20));
    }

    private static double megabytes(byte[][] bodies) {
        return Arrays.stream(bodies).mapToInt(body -> body.length).sum() / 1e6;
    }

    /** @return CPU time of inflating all of them so often, as the bundle does it */
    private static double inflate(byte[][] gzipped, int times) throws DataFormatException {
        byte[] piece = new byte[1 << 16];
        CRC32 checksum = new CRC32();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < times * gzipped.length; i++) {
            byte[] body = gzipped[i % gzipped.length];
            Inflater inflater = new Inflater(true);
            inflater.setInput(body, GZIP_HEADER, body.length - GZIP_HEADER);
            while (!inflater.finished()) {
                checksum.update(piece, 0, inflater.inflate(piece));
            }
            inflater.end();
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
    }

    /** @return arrays of events whose ids and times have as little in common as those of real ones */
    private static byte[][] events() {
        Random random = new Random(1);
        byte[][] arrays = new byte[BODIES][];
        for (int i = 0; i < BODIES; i++) {
            StringJoiner events = new StringJoiner(",", "[", "]");
            for (int number = i * EVENTS; number < (i + 1) * EVENTS; number++) {
                events.add(BenchmarkEvents.event(number, 20, BODIES * EVENTS / 20)
                        .replace(
                                "3cecb57b",
                                UUID.nameUUIDFromBytes(bytes(random)).toString())
                        .replace("k2bVSW4ct65", Base64.getUrlEncoder().encodeToString(bytes(random)))
                        .replace("00.273Z", "%02d.%03dZ".formatted(random.nextInt(60), random.nextInt(1000))));
            }
            arrays[i] = events.toString().getBytes(StandardCharsets.US_ASCII);
        }
        return arrays;
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[15];
        random.nextBytes(bytes);
        return bytes;
    }

    /** @return batch objects with the events of these arrays, and what follows them */
    private static byte[][] batches(byte[][] arrays, String after) {
        return Arrays.stream(arrays)
                .map(events -> Compressed.join(
                        "{\"batch\":".getBytes(StandardCharsets.US_ASCII),
                        events,
                        (after + "}").getBytes(StandardCharsets.US_ASCII)))
                .toArray(byte[][]::new);
    }

    /** By turns, because the speed of a shared machine changes. */
    private static void measure(List<Way> ways, Bundle bundle, BareStub stub) throws Exception {
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (Way way : ways) {
                Measured now = way.once(bundle, stub);
                if (now.answers().others() > 0) {
                    throw new IllegalStateException(way.name + " was not answered with 200.");
                }
                if (round >= 0) {
                    way.measured = way.measured == null ? now : way.measured.and(now);
                }
            }
        }
    }

    private static Map<String, String> properties() {
        return Bundle.unthrottled(
                "audiences.batch.min-wait-ms",
                "200",
                "audiences.inbound.http.bearer-tokens",
                TOKEN,
                "audiences.inbound.http.segment-api",
                "on",
                "audiences.inbound.http.write-keys",
                KEY);
    }
}
