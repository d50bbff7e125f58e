package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** As many events over HTTP as the bundle takes, in requests of a thousand and of one. */
final class ThroughputScenarios {

    private static final int THOUSAND = 1000;
    private static final int PARTS = 6;

    private ThroughputScenarios() {}

    static void thousands(BareStub stub) throws Exception {
        byte[][] bodies = BenchmarkEvents.arrays(100, THOUSAND, 20, 5000);
        say("event size: %d bytes", bodies[0].length / THOUSAND);
        try (Bundle bundle = new Bundle("1g", stub.url(), Bundle.unthrottled("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            say("start: %.2f s to the first 200", bundle.startSeconds());
            senders.run(16, 3000, i -> bodies[i % bodies.length]); // warms up
            PlainLoop.cpuSeconds(bodies, 7);
            // By turns, for the machine is not as fast at all times.
            Measured measured = null;
            double plainSeconds = 0;
            for (int part = 0; part < PARTS; part++) {
                plainSeconds += PlainLoop.cpuSeconds(bodies, 5);
                Measured now = Measured.during(
                        () -> senders.run(16, 500, i -> bodies[i % bodies.length]), 500_000, bundle, stub);
                measured = measured == null ? now : measured.and(now);
            }
            measured.report("1,000 events a request, 20 audiences, 16 callers", bundle);
            double plain = measured.events() / plainSeconds;
            say("    plain loop: %.1f microseconds, %,.0f events by CPU-second", 1e6 / plain, plain);
            say("    bundle / plain loop by CPU-second: %.2f", measured.eventsPerCpuSecond() / plain);
        }
    }

    static void singles(BareStub stub) throws Exception {
        byte[][] bodies = new byte[20_000][];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = BenchmarkEvents.event(i, 20, 1000).getBytes(StandardCharsets.UTF_8);
        }
        try (Bundle bundle = new Bundle("1g", stub.url(), Bundle.unthrottled("audiences.batch.min-wait-ms", "50"));
                Senders senders = new Senders(bundle.port())) {
            senders.run(1000, 100_000, i -> bodies[i % bodies.length]); // warms up
            int requests = 200_000;
            Measured.during(() -> senders.run(1000, requests, i -> bodies[i % bodies.length]), requests, bundle, stub)
                    .report("1 event a request, 20 audiences, 1,000 callers, wait 50 ms", bundle);
        }
    }

    static void callers(BareStub stub) throws Exception {
        try (Bundle bundle = new Bundle("512m", stub.url(), Bundle.unthrottled());
                Senders senders = new Senders(bundle.port())) {
            int requests = 10_000;
            Measured.during(
                            () -> senders.run(2000, requests, i -> BenchmarkEvents.event(i, 20, 1000)
                                    .getBytes(StandardCharsets.UTF_8)),
                            requests,
                            bundle,
                            stub)
                    .report("2,000 callers waiting, 1 event each, wait 1,000 ms", bundle);
            say("    threads of the bundle: %d", bundle.threads());
        }
    }

    static void interleaved(BareStub stub) throws Exception {
        byte[][] bodies = BenchmarkEvents.arrays(200, THOUSAND, 1000, 200);
        Map<String, String> properties = Bundle.unthrottled(
                "audiences.batch.min-wait-ms", "30000",
                "audiences.batch.max-wait-ms", "30000",
                "audiences.inbound.http.reply-timeout-ms", "120000");
        try (Bundle bundle = new Bundle("1500m", stub.url(), properties);
                Senders senders = new Senders(bundle.port())) {
            Measured.during(() -> senders.run(200, bodies.length, i -> bodies[i]), 200_000, bundle, stub)
                    .report("200,000 events over 1,000 audiences, wait 30 s", bundle);
        }
    }

    static void memory(BareStub stub) throws Exception {
        byte[][] bodies = BenchmarkEvents.arrays(100, THOUSAND, 20, 5000);
        try (Bundle bundle = new Bundle("96m", stub.url(), Bundle.unthrottled("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            say("5,000,000 events at a heap of 96 MB, 1,000 a request, 8 callers");
            for (int part = 1; part <= 5; part++) {
                Measured.during(() -> senders.run(8, THOUSAND, i -> bodies[i % bodies.length]), 1e6, bundle, stub)
                        .report("  million " + part, bundle);
            }
        }
    }
}
