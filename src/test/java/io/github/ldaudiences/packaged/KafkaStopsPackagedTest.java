package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process is stopped again and again while it works, and the next one in its place goes on. */
@Tag("packaged")
@Tag("kafka")
class KafkaStopsPackagedTest {

    private static final int STOPS = 3;

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    @Test
    void whatIsUnderWayWhenAProcessIsStoppedIsNotLost() {
        // A process that is stopped delivers all that it has read: more than three of them can.
        MembershipWorkload workload = new MembershipWorkload("stops", 12, 70_000, 50, 5_000, 20260103);
        Random random = KafkaScene.random();
        try (KafkaScene scene = new KafkaScene(broker, workload)) {
            scene.produce(workload.size());
            BundleProcess process = scene.process("process");
            for (int stop = 1; stop <= STOPS; stop++) {
                process.start();
                scene.awaitInterruption(random);
                // 143 is what the JVM says after SIGTERM.
                assertThat(process.terminate()).isIn(0, 143);
                // It has said goodbye: the next one need not wait until it is missed.
                assertThat(scene.partitionsOfMembers()).isEmpty();
            }
            process.start();
            scene.awaitEnd();
        }
    }
}
