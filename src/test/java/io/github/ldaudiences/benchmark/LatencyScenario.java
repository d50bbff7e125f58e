package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import io.github.ldaudiences.benchmark.BareStub.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** From event to answer, one event a request at a steady rate, with the shipped settings. */
final class LatencyScenario {

    private static final int[] RATES = {1, 100, 1000};
    private static final int[] LAUNCH_DARKLY_MS = {0, 100};

    private final BareStub stub;
    private final HttpClient client = HttpClient.newHttpClient();

    private LatencyScenario(BareStub stub) {
        this.stub = stub;
    }

    static void run(BareStub stub) throws Exception {
        LatencyScenario scenario = new LatencyScenario(stub);
        try (Bundle bundle = new Bundle("512m", stub.url(), Map.of())) {
            // Warms up: first with as many callers as there are answers, for at a rate a slow start needs ever more
            // connections; then at a rate, until little is left to compile.
            try (Senders senders = new Senders(bundle.port())) {
                senders.run(500, 20_000, i -> BenchmarkEvents.event(i, 20, 1_000_000)
                        .getBytes(StandardCharsets.UTF_8));
            }
            scenario.send(bundle.port(), 200, 4_000, 30_000);
            for (int delayMs : LAUNCH_DARKLY_MS) {
                for (int rate : RATES) {
                    scenario.measure(bundle, rate, delayMs);
                }
            }
        }
    }

    private void measure(Bundle bundle, int rate, int delayMs) throws Exception {
        stub.reset();
        stub.answer(() -> new Answer(204, delayMs));
        int events = Math.max(20, 10 * rate);
        bundle.beginPart();
        double[] ms = send(bundle.port(), rate, events, 1_000_000 * rate + delayMs * 10_000);
        double cpu = bundle.endPart();
        say(
                "%,d events/s, LaunchDarkly answers after %d ms: answer after p50 %.1f ms, p99 %.1f ms; %.2f requests for"
                        + " each event; CPU for each event: %.0f microseconds",
                rate,
                delayMs,
                ms[ms.length / 2],
                ms[(int) (ms.length * 0.99)],
                (double) stub.requests() / events,
                cpu * 1e6 / events);
    }

    /** @return the time to each answer in milliseconds, the shortest first; infinite for another answer than 200 */
    private double[] send(int port, int rate, int events, int firstNumber) {
        CompletableFuture<?>[] answers = new CompletableFuture<?>[events];
        double[] ms = new double[events];
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            int number = i;
            long due = start + TimeUnit.SECONDS.toNanos(1) * i / rate;
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(BenchmarkEvents.event(firstNumber + i, 20, 1_000_000)
                            .getBytes(StandardCharsets.UTF_8)))
                    .build();
            // From when it was due, so that a late start of the next counts too.
            answers[i] = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .thenAccept(answer -> ms[number] =
                            answer.statusCode() == 200 ? (System.nanoTime() - due) / 1e6 : Double.POSITIVE_INFINITY);
        }
        CompletableFuture.allOf(answers).join();
        Arrays.sort(ms);
        return ms;
    }
}
