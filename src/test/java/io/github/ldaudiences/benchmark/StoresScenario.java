package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import io.github.ldaudiences.fixture.Folders;
import io.github.ldaudiences.fixture.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each membership store costs: for people whom the process remembers, where each event is a write, and for people
 * of whom it has never heard, where each event is a look-up, too.
 */
final class StoresScenario {

    private static final int EVENTS = 1000;
    private static final int KNOWN = 50;
    private static final int NEW = 500;
    private static final int CALLERS = 16;

    private StoresScenario() {}

    static void run(BareStub stub) throws Exception {
        say("1,000 events a request, 16 callers, wait 200 ms; CPU of the bundle alone, without PostgreSQL's");
        Path folder = Files.createTempDirectory("benchmark-stores");
        try (PostgresServer postgres = new PostgresServer(folder.resolve("postgres"))) {
            Map<String, Map<String, String>> stores = new LinkedHashMap<>();
            stores.put("memory", Map.of("audiences.store", "memory"));
            stores.put(
                    "file",
                    Map.of(
                            "audiences.store",
                            "file",
                            "audiences.store.file",
                            folder.resolve("memberships.db").toString()));
            stores.put(
                    "jdbc",
                    Map.of(
                            "audiences.store",
                            "jdbc",
                            "audiences.store.url",
                            postgres.newDatabase("benchmark"),
                            "audiences.store.user",
                            "postgres"));
            double memoryKnown = Double.NaN;
            double memoryNew = Double.NaN;
            for (Map.Entry<String, Map<String, String>> store : stores.entrySet()) {
                Map<String, String> properties = Bundle.unthrottled("audiences.batch.min-wait-ms", "200");
                properties.putAll(store.getValue());
                try (Bundle bundle = new Bundle("1g", stub.url(), properties);
                        Senders senders = new Senders(bundle.port())) {
                    byte[][] bodies = BenchmarkEvents.arrays(KNOWN, EVENTS, 1, KNOWN * EVENTS);
                    Measured known = Measured.whenWarm(40, bodies, EVENTS, senders, bundle, stub);
                    Measured unknown = Measured.during(
                            () -> senders.run(CALLERS, NEW, StoresScenario::newPeople),
                            (double) NEW * EVENTS,
                            bundle,
                            stub);
                    memoryKnown = store.getKey().equals("memory") ? known.cpuMicros() : memoryKnown;
                    memoryNew = store.getKey().equals("memory") ? unknown.cpuMicros() : memoryNew;
                    say(
                            "  %s, people it remembers: %.2f times the CPU",
                            store.getKey(), known.cpuMicros() / memoryKnown);
                    known.reportRates();
                    say("  %s, new people: %.2f times the CPU", store.getKey(), unknown.cpuMicros() / memoryNew);
                    unknown.reportRates();
                    say("    live heap %d MB", bundle.liveHeapMegabytes());
                }
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static byte[] newPeople(int request) {
        return BenchmarkEvents.array((KNOWN + request) * EVENTS, EVENTS, 1, Integer.MAX_VALUE);
    }
}
