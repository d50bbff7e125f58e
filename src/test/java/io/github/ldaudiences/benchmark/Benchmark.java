package io.github.ldaudiences.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures the packaged bundle against a bare stub, beside a plain loop that does the same work without Camel. Run it
 * with {@code mvn package exec:exec@benchmark -DskipTests}; see {@code docs/benchmark.md}.
 */
public final class Benchmark {

    private interface Scenario {
        void run(BareStub stub) throws Exception;
    }

    /** Takes more than five minutes. */
    private static final Set<String> ONLY_IF_NAMED = Set.of("faults-429");

    private Benchmark() {}

    private static Map<String, Scenario> scenarios() {
        Map<String, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put("thousands", ThroughputScenarios::thousands);
        scenarios.put("singles", ThroughputScenarios::singles);
        scenarios.put("callers", ThroughputScenarios::callers);
        scenarios.put("interleaved", ThroughputScenarios::interleaved);
        scenarios.put("audiences", AudiencesScenario::run);
        scenarios.put("mappings", MappingsScenario::run);
        scenarios.put("sizes", SizesScenario::run);
        scenarios.put("senders", SendersScenario::run);
        scenarios.put("latency", LatencyScenario::run);
        scenarios.put("faults", FaultsScenario::run);
        scenarios.put("faults-429", FaultsScenario::runWithRefusals);
        scenarios.put("memory", ThroughputScenarios::memory);
        scenarios.put("stores", StoresScenario::run);
        scenarios.put("kafka", KafkaScenario::run);
        scenarios.put("rolling-restart", RollingRestartScenario::run);
        return scenarios;
    }

    /**
     * @param args the names of the scenarios to run; all but those that take long if there are none
     * @throws Exception if a process cannot be started
     */
    public static void main(String[] args) throws Exception {
        Map<String, Scenario> scenarios = scenarios();
        List<String> wanted = List.of(args);
        if (wanted.isEmpty() || wanted.equals(List.of("all"))) {
            scenarios.keySet().removeAll(ONLY_IF_NAMED);
        } else if (scenarios.keySet().containsAll(wanted)) {
            scenarios.keySet().retainAll(wanted);
        } else {
            System.err.println("Scenarios are " + String.join(", ", scenarios.keySet()) + "; wanted: " + wanted);
            System.exit(2);
        }
        try (BareStub stub = new BareStub()) {
            for (Scenario scenario : scenarios.values()) {
                scenario.run(stub);
            }
        }
        System.exit(0);
    }
}
