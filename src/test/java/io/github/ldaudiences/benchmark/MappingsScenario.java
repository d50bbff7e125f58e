package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import java.util.HashMap;
import java.util.Map;

/** What mappings cost that do not want an event, and mappings that do, over three destinations. */
final class MappingsScenario {

    private static final String[] DESTINATIONS = {"launchdarkly", "second", "third"};
    private static final int EVENTS = 1000;

    private final BareStub stub;
    private final byte[][] bodies = BenchmarkEvents.arrays(50, EVENTS, 20, 2500);
    private double one = Double.NaN;

    private MappingsScenario(BareStub stub) {
        this.stub = stub;
    }

    static void run(BareStub stub) throws Exception {
        say("1,000 events a request, 20 audiences, 16 callers, 3 destinations, wait 200 ms");
        MappingsScenario scenario = new MappingsScenario(stub);
        scenario.measure("1 mapping", scenario.mappings(1, false));
        scenario.measure("10 mappings, 9 skip every event", scenario.mappings(10, false));
        scenario.measure("100 mappings, 99 skip every event", scenario.mappings(100, false));
        scenario.measure("3 mappings, each event is delivered to 3 destinations", scenario.mappings(3, true));
    }

    /** The first mapping and the first destination are the shipped ones. */
    private Map<String, String> mappings(int count, boolean everyOneWants) {
        Map<String, String> properties = new HashMap<>(Bundle.unthrottled("audiences.batch.min-wait-ms", "200"));
        for (int i = 1; i < DESTINATIONS.length; i++) {
            String destination = "audiences.destination." + DESTINATIONS[i];
            properties.put(destination + ".api-url", stub.url());
            properties.put(destination + ".sdk-url", stub.url());
            properties.put(destination + ".service-token", "benchmark-token");
            properties.put(destination + ".client-side-id", "benchmark-" + DESTINATIONS[i]);
        }
        for (int i = 1; i < count; i++) {
            String mapping = "audiences.mapping.benchmark-" + i;
            properties.put(mapping + ".destination", DESTINATIONS[i % DESTINATIONS.length]);
            if (!everyOneWants) {
                properties.put(mapping + ".trigger", "context.personas.namespace = \"other_" + i + "\"");
            }
        }
        return properties;
    }

    private void measure(String name, Map<String, String> properties) throws Exception {
        try (Bundle bundle = new Bundle("1g", stub.url(), properties);
                Senders senders = new Senders(bundle.port())) {
            Measured measured = Measured.whenWarm(20, bodies, EVENTS, senders, bundle, stub);
            one = Double.isNaN(one) ? measured.cpuMicros() : one;
            say("  %s: %.2f times the CPU of one mapping", name, measured.cpuMicros() / one);
            measured.reportRates();
            say("    members sent for each event: %.2f", stub.members() / measured.events());
        }
    }
}
