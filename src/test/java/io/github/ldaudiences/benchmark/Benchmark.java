package io.github.ldaudiences.benchmark;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the packaged bundle against a bare stub, beside a plain loop that does the same work without Camel. Run it
 * with {@code mvn package exec:exec@benchmark -DskipTests}; see {@code docs/benchmark.md}.
 */
public final class Benchmark {

    private static final int THOUSAND = 1000;

    /** More than any scenario sends: the throttle is not what is measured. And the same bodies are sent again and again. */
    private static final Map<String, String> UNTHROTTLED = Map.of(
            "audiences.delivery.max-requests", "10000",
            "audiences.delivery.throttle-period-ms", "1000",
            "audiences.batch.skip-repeats", "false");

    private Benchmark() {}

    /**
     * @param args the names of the scenarios to run; all if there are none
     * @throws Exception if a process cannot be started
     */
    public static void main(String[] args) throws Exception {
        List<String> wanted = List.of(args);
        try (BareStub stub = new BareStub()) {
            if (isWanted(wanted, "thousands")) {
                thousands(stub);
            }
            if (isWanted(wanted, "singles")) {
                singles(stub);
            }
            if (isWanted(wanted, "callers")) {
                callers(stub);
            }
            if (isWanted(wanted, "interleaved")) {
                interleaved(stub);
            }
            if (isWanted(wanted, "latency")) {
                LatencyScenario.run(stub);
            }
            if (isWanted(wanted, "faults")) {
                FaultsScenario.run(stub);
            }
            if (isWanted(wanted, "memory")) {
                memory(stub);
            }
            if (isWanted(wanted, "kafka")) {
                KafkaScenario.run(stub, UNTHROTTLED);
            }
        }
        System.exit(0);
    }

    private static boolean isWanted(List<String> wanted, String scenario) {
        return wanted.isEmpty() || wanted.contains(scenario) || wanted.equals(List.of("all"));
    }

    private static byte[][] thousandsOfEvents(int bodies) {
        byte[][] made = new byte[bodies][];
        for (int i = 0; i < bodies; i++) {
            made[i] = BenchmarkEvents.array(i * THOUSAND, THOUSAND, 20, 5000);
        }
        return made;
    }

    private static void thousands(BareStub stub) throws Exception {
        byte[][] bodies = thousandsOfEvents(100);
        say("event size: %d bytes", bodies[0].length / THOUSAND);
        double plain = PlainLoop.eventsPerCpuSecond(bodies, THOUSAND, 20);
        say("plain loop: %,.0f events by CPU-second", plain);
        try (Bundle bundle = new Bundle("1g", stub.url(), with("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            say("start: %.2f s to the first 200", bundle.startSeconds());
            senders.run(16, 3000, i -> bodies[i % bodies.length]); // warms up
            stub.reset();
            double cpu = bundle.cpuSeconds();
            int requests = 2000;
            Senders.Result result = senders.run(16, requests, i -> bodies[i % bodies.length]);
            cpu = bundle.cpuSeconds() - cpu;
            double events = (double) requests * THOUSAND;
            report("1,000 events a request, 20 audiences, 16 callers", events, result, cpu, stub, bundle);
            say("    bundle / plain loop by CPU-second: %.2f", events / cpu / plain);
        }
    }

    private static void singles(BareStub stub) throws Exception {
        byte[][] bodies = new byte[20_000][];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = BenchmarkEvents.event(i, 20, 1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        try (Bundle bundle = new Bundle("1g", stub.url(), with("audiences.batch.min-wait-ms", "50"));
                Senders senders = new Senders(bundle.port())) {
            senders.run(1000, 100_000, i -> bodies[i % bodies.length]);
            stub.reset();
            double cpu = bundle.cpuSeconds();
            int requests = 200_000;
            Senders.Result result = senders.run(1000, requests, i -> bodies[i % bodies.length]);
            cpu = bundle.cpuSeconds() - cpu;
            report("1 event a request, 20 audiences, 1,000 callers, wait 50 ms", requests, result, cpu, stub, bundle);
        }
    }

    private static void callers(BareStub stub) throws Exception {
        try (Bundle bundle = new Bundle("512m", stub.url(), with());
                Senders senders = new Senders(bundle.port())) {
            stub.reset();
            double cpu = bundle.cpuSeconds();
            Senders.Result result = senders.run(2000, 10_000, i -> BenchmarkEvents.event(i, 20, 1000)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            report(
                    "2,000 callers waiting, 1 event each, wait 1,000 ms",
                    10_000,
                    result,
                    bundle.cpuSeconds() - cpu,
                    stub,
                    bundle);
            say("    threads of the bundle: %d", bundle.threads());
        }
    }

    private static void interleaved(BareStub stub) throws Exception {
        byte[][] bodies = new byte[200][];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = BenchmarkEvents.array(i * THOUSAND, THOUSAND, 1000, 200);
        }
        Map<String, String> properties = with(
                "audiences.batch.min-wait-ms", "30000",
                "audiences.batch.max-wait-ms", "30000",
                "audiences.inbound.http.reply-timeout-ms", "120000");
        try (Bundle bundle = new Bundle("1500m", stub.url(), properties);
                Senders senders = new Senders(bundle.port())) {
            stub.reset();
            double cpu = bundle.cpuSeconds();
            Senders.Result result = senders.run(200, 200, i -> bodies[i]);
            report(
                    "200,000 events over 1,000 audiences, wait 30 s",
                    200_000,
                    result,
                    bundle.cpuSeconds() - cpu,
                    stub,
                    bundle);
        }
    }

    private static void memory(BareStub stub) throws Exception {
        byte[][] bodies = thousandsOfEvents(100);
        try (Bundle bundle = new Bundle("128m", stub.url(), with("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            say("5,000,000 events at a heap of 128 MB, 1,000 a request, 8 callers");
            for (int part = 1; part <= 5; part++) {
                stub.reset();
                double cpu = bundle.cpuSeconds();
                Senders.Result result = senders.run(8, THOUSAND, i -> bodies[i % bodies.length]);
                report("  million " + part, 1e6, result, bundle.cpuSeconds() - cpu, stub, bundle);
            }
        }
    }

    private static void report(
            String name, double events, Senders.Result result, double cpu, BareStub stub, Bundle bundle)
            throws Exception {
        say("%s", name);
        say("    %,.0f events/s by wall clock, %,.0f by CPU-second", events / result.seconds(), events / cpu);
        say(
                "    answers: %,d of status 200, %,d others; after p50 %.1f ms, p99 %.1f ms",
                result.ok(), result.others(), result.p50Ms(), result.p99Ms());
        say("    requests to LaunchDarkly: %,d, %,d bytes", stub.requests(), stub.bytes());
        say("    resident %d MB", bundle.residentMegabytes());
        say("    live heap %d MB", bundle.liveHeapMegabytes());
    }

    private static Map<String, String> with(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>(UNTHROTTLED);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
