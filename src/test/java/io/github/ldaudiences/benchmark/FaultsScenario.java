package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import io.github.ldaudiences.benchmark.BareStub.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * 60,000 events of 73 audiences from six callers, which send a request again when it was not answered with 200 within
 * five seconds, as Segment does. LaunchDarkly takes every request, or fails a fifth of them, or answers 429 as well. The
 * settings are those that are shipped.
 */
final class FaultsScenario {

    private static final int CALLERS = 6;
    private static final int REQUESTS = 264;
    private static final int EVENTS = 227;
    private static final int AUDIENCES = 73;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(400);

    /** What goes wrong, each as often as the others. */
    private static final Answer[] FAULTS = {
        new Answer(503, 0), new Answer(500, 0), new Answer(409, 0), new Answer(0, 0), new Answer(204, 3000)
    };

    private final BareStub stub;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    private FaultsScenario(BareStub stub) {
        this.stub = stub;
    }

    static void run(BareStub stub) throws Exception {
        double without = new FaultsScenario(stub).measure("no faults", 0, 0, Double.NaN);
        new FaultsScenario(stub).measure("20 % faults", 0.2, 0, without);
    }

    /** Each 429 says that no request may come for a second. */
    static void runWithRefusals(BareStub stub) throws Exception {
        new FaultsScenario(stub).measure("20 % faults, 4 % answers of 429", 0.2, 0.04, Double.NaN);
    }

    private double measure(String name, double faults, double refusals, double without) throws Exception {
        try (Bundle bundle = new Bundle("512m", stub.url(), Map.of())) {
            stub.reset();
            Random random = new Random(1);
            stub.answer(() -> {
                double dice = random.nextDouble();
                return dice < refusals
                        ? new Answer(429, 0)
                        : dice < refusals + faults ? FAULTS[random.nextInt(FAULTS.length)] : Answer.TAKEN;
            });
            bundle.beginPart();
            long start = System.nanoTime();
            int ok = send(bundle.port(), start + LIMIT.toNanos());
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = bundle.endPart();
            say("60,000 events of 73 audiences, 6 callers that send again: %s", name);
            say("    %.1f s%s, %,.0f events/s", seconds, than(seconds, without), REQUESTS * EVENTS / seconds);
            say(
                    "    requests answered 200: %d of %d; answers of 503: %d; gave up after 5 s: %d",
                    ok, REQUESTS, unavailable.get(), unanswered.get());
            say(
                    "    requests to LaunchDarkly: %,d; members sent for each event: %.2f",
                    stub.requests(), (double) stub.members() / (REQUESTS * EVENTS));
            say("    CPU for each event: %.1f microseconds", cpu * 1e6 / (REQUESTS * EVENTS));
            return seconds;
        }
    }

    private static String than(double seconds, double without) {
        return Double.isNaN(without) ? "" : String.format(Locale.ROOT, " (%.1f times as long)", seconds / without);
    }

    private int send(int port, long deadlineNanos) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger ok = new AtomicInteger();
        Callable<Void> caller = () -> {
            int number;
            while ((number = next.getAndIncrement()) < REQUESTS) {
                byte[] body = BenchmarkEvents.array(number * EVENTS, EVENTS, AUDIENCES, 1_000_000);
                while (!sendOnce(port, body)) {
                    if (System.nanoTime() - deadlineNanos > 0) {
                        return null;
                    }
                    Thread.sleep(100);
                }
                ok.incrementAndGet();
            }
            return null;
        };
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                all.add(callers.submit(caller));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            callers.shutdownNow();
        }
        return ok.get();
    }

    private boolean sendOnce(int port, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                unavailable.incrementAndGet();
            }
            return status == 200;
        } catch (IOException e) {
            unanswered.incrementAndGet();
            return false;
        }
    }
}
