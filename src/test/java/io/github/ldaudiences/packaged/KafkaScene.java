package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.DeadLetterFiles;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.SettlementWatch;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A topic with a workload on one side, a sandbox of LaunchDarkly that misbehaves on the other, and processes of the
 * packaged bundle between them. While they work a {@link SettlementWatch} looks on.
 */
final class KafkaScene implements AutoCloseable {

    /** Longer than anything here takes, on any machine. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final String TOKEN = "token";
    private static final String ENVIRONMENT = "environment";

    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            // A member that was killed is missed soon. 6 seconds are the least that a broker allows.
            Map.entry("audiences.inbound.kafka.session-timeout-ms", "6000"),
            Map.entry("audiences.inbound.kafka.delivery-timeout-ms", "4000"),
            Map.entry("audiences.inbound.kafka.retry-delay-ms", "100"),
            Map.entry("audiences.inbound.kafka.max-retry-delay-ms", "1000"),
            // Many small steps, so that there is always something half done.
            Map.entry("audiences.inbound.kafka.max-poll-records", "1000"),
            // What a slow machine delivers before its deadline.
            Map.entry("audiences.backlog.max-events", "10000"),
            Map.entry("audiences.batch.max-members", "100"),
            Map.entry("audiences.batch.max-wait-ms", "200"),
            Map.entry("audiences.delivery.max-requests", "100000"),
            Map.entry("audiences.delivery.response-timeout-ms", "1000"),
            Map.entry("audiences.delivery.retry-delay-ms", "20"),
            Map.entry("audiences.delivery.max-retry-delay-ms", "500"));

    private final KafkaBroker broker;
    private final MembershipWorkload workload;
    private final String group;
    private final Sandbox sandbox;
    private final SettlementWatch watch;
    private Map<String, String> store = Map.of();
    private final List<BundleProcess> processes = new ArrayList<>();

    KafkaScene(KafkaBroker broker, MembershipWorkload workload) {
        this.broker = broker;
        this.workload = workload;
        this.group = workload.topic() + "-group";
        broker.createTopic(workload.topic(), workload.partitions().size());
        try {
            sandbox = new Sandbox(0, TOKEN, Set.of(ENVIRONMENT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sandbox.add(Fault.status(503, 0).inFraction(0.04));
        sandbox.add(Fault.status(429, 0).inFraction(0.04));
        sandbox.add(Fault.status(-1, 0).inFraction(0.04));
        // Taken, but not before the sender has given up on the answer.
        sandbox.add(Fault.status(0, 0).inFraction(0.003).after(1_500));
        watch = new SettlementWatch(broker, group, sandbox, workload);
    }

    /** Prepares a process, in a folder of that name. */
    BundleProcess process(String name) {
        BundleProcess process = BundleProcess.in(workload.topic() + "-" + name)
                .shortLived()
                .jvm("-Xmx256m")
                .properties(PROPERTIES)
                .properties(store)
                .launchDarkly(sandbox.url(), TOKEN, ENVIRONMENT)
                .environment("AUDIENCES_INBOUND", "kafka")
                .environment("KAFKA_BROKERS", broker.bootstrapServers())
                .environment("KAFKA_TOPIC", workload.topic())
                .environment("KAFKA_GROUP", group);
        watch.addDeadLetters(process.deadLetters());
        processes.add(process);
        return process;
    }

    /** Lets processes that are prepared from now on share a membership store. */
    void share(String postgresUrl) {
        store = Map.of(
                "audiences.store", "jdbc",
                "audiences.store.url", postgresUrl,
                "audiences.store.user", "postgres",
                // Several processes start at once, on a machine that may be busy.
                "audiences.store.timeout-ms", "60000");
    }

    /** Writes the next records of the workload. */
    void produce(int records) {
        workload.produce(broker, records);
    }

    /** For each member of the group how many partitions it has. */
    List<Integer> partitionsOfMembers() {
        return broker.partitionsOfMembers(group);
    }

    /** Removes the members of the group, so that the next process need not wait until they are missed. */
    void removeMembers() {
        broker.removeMembers(group);
    }

    /** How many records the group has committed, over all partitions. */
    long committed() {
        return offsets().values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<TopicPartition, Long> offsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> each :
                broker.committed(group).entrySet()) {
            offsets.put(each.getKey(), each.getValue().offset());
        }
        return offsets;
    }

    /** How many members the sandbox has taken, repeated ones included. */
    long taken() {
        return sandbox.stats().path("members").asLong();
    }

    /** Writes a few records again and again, until something happens. */
    void produceUntil(Callable<Boolean> condition) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> {
            workload.produce(broker, 100);
            return condition.call();
        });
    }

    /** Waits for a condition, unless something goes wrong before. */
    void awaitUntil(Callable<Boolean> condition) {
        awaitUntil(condition, Duration.ofMillis(50));
    }

    private void awaitUntil(Callable<Boolean> condition, Duration interval) {
        await().atMost(LONG).pollDelay(Duration.ZERO).pollInterval(interval).until(() -> {
            assertThat(watch.violations()).isEmpty();
            return condition.call();
        });
    }

    /** Prints a seed, or takes the one that {@code -Dseed} repeats. */
    static Random random() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("-Dseed=" + seed);
        return new Random(seed);
    }

    /** Waits until the process has done some work, and has more to do; every other time, until some of it is committed. */
    void awaitInterruption(Random random) {
        long committed = random.nextBoolean() ? committed() : -1;
        long left = workload.size() - committed();
        assertThat(left).isPositive();
        // About half of what is left is sent; the rest is no event, or shares a batch with another of the same person.
        long taken = taken() + random.nextInt((int) Math.min(6_000, left / 4) + 1);
        // Asks so often, whatever it costs, because the moment counts.
        awaitUntil(() -> taken() > taken && committed() > committed, Duration.ofMillis(5));
        System.out.println("Interrupted with " + taken() + " taken, " + committed() + " committed");
        assertThat(committed()).isLessThan(workload.size());
    }

    /** Waits until everything is committed; then everything must be where it belongs. */
    void awaitEnd() {
        awaitUntil(() -> offsets().equals(workload.endOffsets()));
        watch.close();
        assertThat(watch.violations()).isEmpty();
        assertThat(Memberships.of(sandbox)).isEqualTo(workload.memberships());
        List<Path> folders = processes.stream().map(BundleProcess::deadLetters).toList();
        assertThat(new DeadLetterFiles().places(folders)).isEqualTo(workload.deadLetters());
        // Before the end, too.
        assertThat(watch.samples()).isGreaterThan(1);
        System.out.println("Looked " + watch.samples() + " times; the sandbox says " + sandbox.stats());
    }

    @Override
    public void close() {
        processes.forEach(BundleProcess::close);
        watch.close();
        sandbox.close();
    }
}
