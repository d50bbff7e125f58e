package io.github.ldaudiences.packaged;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process is killed again and again while it works, and the next one in its place goes on. */
@Tag("packaged")
@Tag("kafka")
class KafkaKillsPackagedTest {

    private static final int KILLS = 10;

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    @Test
    void whatIsUnderWayWhenAProcessIsKilledIsNotLost() {
        MembershipWorkload workload = new MembershipWorkload("kills", 12, 60_000, 50, 5_000, 20260102);
        Random random = KafkaScene.random();
        try (KafkaScene scene = new KafkaScene(broker, workload)) {
            scene.produce(workload.size());
            BundleProcess process = scene.process("process");
            for (int kill = 1; kill <= KILLS; kill++) {
                process.start();
                scene.awaitInterruption(random);
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
}
