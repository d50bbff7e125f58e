package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import io.github.ldaudiences.fixture.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes share a topic and a membership store, one of them is killed and another comes: together they do what
 * one would have done.
 */
@Tag("packaged")
@Tag("kafka")
class KafkaReplicasPackagedTest {

    private static final int RECORDS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void replicasThatComeAndGoBringEverythingWhereItBelongs() {
        MembershipWorkload workload = new MembershipWorkload("replicas", 12, RECORDS, 50, 5_000, 20260101);
        try (KafkaBroker broker = KafkaBroker.start();
                PostgresServer postgres = new PostgresServer(folder.resolve("postgres"));
                KafkaScene scene = new KafkaScene(broker, workload)) {
            scene.share(postgres.newDatabase("memberships"));
            List<BundleProcess> replicas = new ArrayList<>();
            IntStream.rangeClosed(1, 3)
                    .forEach(number ->
                            replicas.add(scene.process("replica-" + number).start()));
            scene.awaitUntil(() -> sorted(scene.partitionsOfMembers()).equals(List.of(4, 4, 4)));
            scene.produce(RECORDS / 2);
            scene.awaitUntil(() -> scene.committed() > RECORDS / 8
                    && replicas.stream().allMatch(replica -> replica.events("delivered") > 0));
            replicas.remove(0).kill();
            BundleProcess newcomer = scene.process("replica-4").start();
            replicas.add(newcomer);
            scene.produceUntil(() -> newcomer.events("delivered") > 0);
            scene.produce(RECORDS);

            scene.awaitEnd();
            for (BundleProcess replica : replicas) {
                System.out.println("Delivered by " + replica.output() + ": " + replica.events("delivered"));
                assertThat(replica.health()).isEqualTo(200);
                assertThat(replica.events("delivered")).isPositive();
            }
        }
    }

    private static List<Integer> sorted(List<Integer> numbers) {
        return numbers.stream().sorted().toList();
    }
}
