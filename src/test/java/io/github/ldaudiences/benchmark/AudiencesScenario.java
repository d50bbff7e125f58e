package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

/** What it costs that the same events are of more audiences. Neighbours are of different ones. */
final class AudiencesScenario {

    private static final int[] AUDIENCES = {1, 10, 100, 1000};
    private static final int EVENTS = 1000;
    private static final int BODIES = 50;

    private AudiencesScenario() {}

    static void run(BareStub stub) throws Exception {
        say("1,000 events a request, 16 callers, wait 200 ms");
        try (Bundle bundle = new Bundle("1g", stub.url(), Bundle.unthrottled("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            double one = Double.NaN;
            for (int audiences : AUDIENCES) {
                byte[][] bodies = bodies(audiences);
                Measured measured = Measured.whenWarm(40, bodies, EVENTS, senders, bundle, stub);
                one = audiences == 1 ? measured.cpuMicros() : one;
                say("  %,d audiences: %.2f times the CPU of one audience", audiences, measured.cpuMicros() / one);
                measured.reportRates();
                say("    requests to LaunchDarkly: %,d", measured.requests());
            }
        }
    }

    /** The same number of memberships, however many audiences there are. */
    private static byte[][] bodies(int audiences) {
        return BenchmarkEvents.arrays(BODIES, EVENTS, audiences, BODIES * EVENTS / audiences);
    }
}
