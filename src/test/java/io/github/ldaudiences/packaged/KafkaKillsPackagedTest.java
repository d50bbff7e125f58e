package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process ends again and again while it works, and the next one in its place goes on. */
@Tag("packaged")
@Tag("kafka")
class KafkaKillsPackagedTest {

    private static final int KILLS = 10;
    private static final int STOPS = 3;

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    @Test
    void whatIsUnderWayWhenAProcessIsKilledIsNotLost() {
        MembershipWorkload workload = new MembershipWorkload("kills", 12, 60_000, 50, 5_000, 20260102);
        Random random = random();
        try (KafkaScene scene = new KafkaScene(broker, workload)) {
            scene.produce(workload.size());
            BundleProcess process = scene.process("process");
            for (int kill = 1; kill <= KILLS; kill++) {
                process.start();
                interrupt(scene, workload, random);
                process.kill();
                // After the first kill the next process waits until the one before it is missed.
                if (kill > 1) {
                    scene.removeMembers();
                }
            }
            process.start();
            scene.awaitEnd();
        }
    }

    @Test
    void whatIsUnderWayWhenAProcessIsStoppedIsNotLost() {
        // A process that is stopped delivers all that it has read: more than three of them can.
        MembershipWorkload workload = new MembershipWorkload("stops", 12, 70_000, 50, 5_000, 20260103);
        Random random = random();
        try (KafkaScene scene = new KafkaScene(broker, workload)) {
            scene.produce(workload.size());
            BundleProcess process = scene.process("process");
            for (int stop = 1; stop <= STOPS; stop++) {
                process.start();
                interrupt(scene, workload, random);
                // 143 is what the JVM says after SIGTERM.
                assertThat(process.terminate()).isIn(0, 143);
                // It has said goodbye: the next one need not wait until it is missed.
                assertThat(scene.partitionsOfMembers()).isEmpty();
            }
            process.start();
            scene.awaitEnd();
        }
    }

    private static Random random() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("-Dseed=" + seed);
        return new Random(seed);
    }

    /** Waits until the process has done some work, and has more to do; every other time, until some of it is committed. */
    private static void interrupt(KafkaScene scene, MembershipWorkload workload, Random random) {
        long committed = random.nextBoolean() ? scene.committed() : -1;
        long left = workload.size() - scene.committed();
        assertThat(left).isPositive();
        // About half of what is left is sent; the rest is no event, or shares a batch with another of the same person.
        long taken = scene.taken() + random.nextInt((int) Math.min(6_000, left / 4) + 1);
        scene.awaitMoment(() -> scene.taken() > taken && scene.committed() > committed);
        System.out.println("Interrupted with " + scene.taken() + " taken, " + scene.committed() + " committed");
        assertThat(scene.committed()).isLessThan(workload.size());
    }
}
