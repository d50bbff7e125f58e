package io.github.ldaudiences.soak;

import io.github.ldaudiences.fixture.HangingProxy;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** LaunchDarkly on a bad day: what comes over its requests, one thing after another, decided by a seed. */
final class Weather implements Runnable {

    private static final int MOST_PAUSE_MS = 2_500;
    private static final int MOST_HANG_MS = 6_000;

    /** Requests for each that fails. On a slow machine, too, most requests must arrive. */
    private static final int REQUESTS_FOR_A_FAULT = 3;

    private final Sandbox sandbox;
    private final HangingProxy launchDarkly;
    private final Random random;
    private final Tally tally;
    private final CountDownLatch end;
    private long nextChangeAt;

    Weather(Sandbox sandbox, HangingProxy launchDarkly, Random random, Tally tally, CountDownLatch end) {
        this.sandbox = sandbox;
        this.launchDarkly = launchDarkly;
        this.random = random;
        this.tally = tally;
        this.end = end;
    }

    @Override
    public void run() {
        try {
            while (!end.await(random.nextInt(MOST_PAUSE_MS), TimeUnit.MILLISECONDS)) {
                if (requests() >= nextChangeAt) {
                    change();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            launchDarkly.letThrough();
        }
    }

    private long requests() {
        return sandbox.stats().path("requests").asLong();
    }

    private void change() throws InterruptedException {
        switch (random.nextInt(10)) {
            case 0 -> rateLimit();
            case 1 -> status(503, 30);
            case 2 -> status(500, 10);
            case 3 -> status(409, 10);
            case 4 -> status(408, 10);
            // Few: whoever is refused asks again after a while, and not more often.
            case 5 -> status(401, 3);
            case 6 -> status(-1, 15);
            case 7 -> late();
            case 8 -> hang();
            default -> tally.count("a calm while", 1);
        }
    }

    private void status(int status, int most) {
        int requests = 1 + random.nextInt(most);
        sandbox.add(Fault.status(status, requests));
        count(status < 0 ? "dropped" : Integer.toString(status), requests);
    }

    private void rateLimit() {
        int requests = 1 + random.nextInt(15);
        Map<String, String> headers = random.nextBoolean()
                ? Map.of("Retry-After", "1")
                : Map.of(
                        "X-Ratelimit-Route-Remaining",
                        "0",
                        "X-Ratelimit-Reset",
                        Long.toString(System.currentTimeMillis() + 500 + random.nextInt(1_000)));
        sandbox.add(new Fault(429, headers, null, 0, requests, 0, null, null));
        count("429", requests);
    }

    private void count(String kind, int requests) {
        tally.count(kind, requests);
        nextChangeAt = requests() + (long) REQUESTS_FOR_A_FAULT * requests;
    }

    /** Some answers come after their request has been given up; LaunchDarkly takes it all the same. */
    private void late() {
        int requests = 1 + random.nextInt(4);
        sandbox.add(Fault.status(0, requests).after(500 + random.nextInt(2_000)));
        count("late", requests);
    }

    private void hang() throws InterruptedException {
        launchDarkly.hang();
        end.await(random.nextInt(MOST_HANG_MS), TimeUnit.MILLISECONDS);
        tally.count("hung", launchDarkly.held());
        launchDarkly.letThrough();
    }
}
