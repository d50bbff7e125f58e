package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

/** What larger events cost: requests of about 800 KB with events of 0.8, 8 and 32 KB. */
final class SizesScenario {

    private static final int[] SIZES = {800, 8_000, 32_000};
    private static final int BODY_BYTES = 800_000;
    private static final int BODIES = 50;

    private SizesScenario() {}

    static void run(BareStub stub) throws Exception {
        say("requests of 800 KB, 20 audiences, 16 callers, wait 200 ms");
        try (Bundle bundle = new Bundle("1g", stub.url(), Bundle.unthrottled("audiences.batch.min-wait-ms", "200"));
                Senders senders = new Senders(bundle.port())) {
            for (int size : SIZES) {
                measure(size, bundle, senders, stub);
            }
        }
    }

    private static void measure(int size, Bundle bundle, Senders senders, BareStub stub) throws Exception {
        int events = BODY_BYTES / size;
        byte[][] bodies = new byte[BODIES][];
        double bytes = 0;
        for (int i = 0; i < BODIES; i++) {
            bodies[i] = LargeEvents.array(i * events, events, 20, BODIES * events, size);
            bytes += bodies[i].length;
        }
        double bytesOfEvent = bytes / BODIES / events;
        PlainLoop.cpuSeconds(bodies, 4); // warms up
        double plain = 12.0 * BODIES * events / PlainLoop.cpuSeconds(bodies, 12);
        Measured measured = Measured.whenWarm(size == SIZES[0] ? 40 : 10, bodies, events, senders, bundle, stub);
        say("  events of %,.0f bytes, %,d a request", bytesOfEvent, events);
        measured.reportRates();
        say(
                "    %.0f MB/s by wall clock, %.0f by CPU-second",
                measured.events() / measured.answers().seconds() * bytesOfEvent / 1e6,
                measured.eventsPerCpuSecond() * bytesOfEvent / 1e6);
        say(
                "    plain loop: %.1f microseconds for each event, %.0f MB by CPU-second",
                1e6 / plain, plain * bytesOfEvent / 1e6);
    }
}
