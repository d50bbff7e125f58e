package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import java.util.concurrent.Callable;

/**
 * What the bundle did and needed for a number of events.
 *
 * @param events how many
 * @param answers what their senders got
 * @param cpuSeconds CPU time of the bundle's process
 * @param requests to LaunchDarkly
 * @param requestBytes in the bodies of these requests
 */
record Measured(double events, Senders.Result answers, double cpuSeconds, long requests, long requestBytes) {

    private static final int CALLERS = 16;
    private static final int ROUND = 64;
    private static final int SECONDS = 8;

    /** Measures the bundle from the first request of {@code load} to its last answer. */
    static Measured during(Callable<Senders.Result> load, double events, Bundle bundle, BareStub stub)
            throws Exception {
        stub.reset();
        bundle.beginPart();
        Senders.Result answers = load.call();
        return new Measured(events, answers, bundle.endPart(), stub.requests(), stub.bytes());
    }

    /**
     * Sends the same requests of 800 KB again and again from 16 callers: until the bundle has used so much CPU time that it
     * is compiled, and then about eight seconds long, which are measured.
     */
    static Measured whenWarm(
            double warmUpCpuSeconds, byte[][] bodies, int eventsEach, Senders senders, Bundle bundle, BareStub stub)
            throws Exception {
        double until = bundle.cpuSeconds() + warmUpCpuSeconds;
        Senders.Result round;
        do {
            round = senders.run(CALLERS, ROUND, i -> bodies[i % bodies.length]);
        } while (bundle.cpuSeconds() < until);
        int requests = (int) Math.max(ROUND, ROUND / round.seconds() * SECONDS);
        return during(
                () -> senders.run(CALLERS, requests, i -> bodies[i % bodies.length]),
                (double) requests * eventsEach,
                bundle,
                stub);
    }

    /** @return this and a later part as one */
    Measured and(Measured later) {
        return new Measured(
                events + later.events,
                answers.and(later.answers),
                cpuSeconds + later.cpuSeconds,
                requests + later.requests,
                requestBytes + later.requestBytes);
    }

    double eventsPerCpuSecond() {
        return events / cpuSeconds;
    }

    double cpuMicros() {
        return cpuSeconds * 1e6 / events;
    }

    void report(String name, Bundle bundle) throws Exception {
        say("%s", name);
        reportRates();
        say("    requests to LaunchDarkly: %,d, %,d bytes", requests, requestBytes);
        say("    resident %d MB", bundle.residentMegabytes());
        say("    live heap %d MB", bundle.liveHeapMegabytes());
    }

    void reportRates() {
        say(
                "    CPU for each event: %.1f microseconds; %,.0f events/s by wall clock, %,.0f by CPU-second",
                cpuMicros(), events / answers.seconds(), eventsPerCpuSecond());
        say("    answers: %s; after p50 %.1f ms, p99 %.1f ms", answers.counts(), answers.p50Ms(), answers.p99Ms());
    }
}
