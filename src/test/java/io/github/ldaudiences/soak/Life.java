package io.github.ldaudiences.soak;

import io.github.ldaudiences.fixture.BundleProcess;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a process goes through: it is killed, stopped or frozen again and again, and comes back each time. */
final class Life implements Runnable {

    static final String KILLS = "kills";
    static final String STOPS = "stops";
    static final String FREEZES = "freezes";

    private static final int LEAST_QUIET_MS = 500;
    private static final int MOST_QUIET_MS = 25_000;
    private static final int POLL_MS = 200;
    private static final int MOST_ABSENT_MS = 4_000;

    /** Longer than Kafka's group waits for somebody who is not heard of. */
    private static final int MOST_FROZEN_MS = 14_000;

    private final BundleProcess process;
    private final Random random;
    private final Tally tally;
    private final CountDownLatch end;

    Life(BundleProcess process, Random random, Tally tally, CountDownLatch end) {
        this.process = process;
        this.random = random;
        this.tally = tally;
        this.end = end;
    }

    @Override
    public void run() {
        process.start();
        try {
            while (!workForAWhile()) {
                trouble();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            tally.surprise(process.output() + ": " + e);
        }
        if (!process.isAlive()) {
            process.start();
        }
    }

    /** Whether the end has come. Every few times the trouble does not wait until the process has started. */
    private boolean workForAWhile() throws InterruptedException {
        boolean early = random.nextInt(6) == 0;
        int milliseconds = LEAST_QUIET_MS + random.nextInt(MOST_QUIET_MS);
        while (!early && process.isAlive() && process.health() == 0) {
            if (pause(POLL_MS)) {
                return true;
            }
        }
        return pause(milliseconds);
    }

    private void trouble() throws InterruptedException {
        if (!process.isAlive()) {
            tally.surprise("A process ended by itself; see " + process.output());
            process.start();
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> {
                process.kill();
                tally.count(KILLS, 1);
                comeBack();
            }
            case 1 -> {
                int exit = process.terminate();
                tally.count(STOPS, 1);
                if (exit != 0 && exit != 143) { // what the JVM says after SIGTERM
                    tally.surprise("A process ended with " + exit + "; see " + process.output());
                }
                comeBack();
            }
            default -> {
                process.freeze();
                tally.count(FREEZES, 1);
                try {
                    pause(random.nextInt(MOST_FROZEN_MS));
                } finally {
                    process.thaw();
                }
            }
        }
    }

    private void comeBack() throws InterruptedException {
        pause(random.nextInt(MOST_ABSENT_MS));
        process.start();
    }

    /** Whether the end has come. */
    private boolean pause(int milliseconds) throws InterruptedException {
        return end.await(milliseconds, TimeUnit.MILLISECONDS);
    }
}
