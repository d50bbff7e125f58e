package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Restarts the processes of a consumer group one after another while events come: without names and with
 * {@code audiences.inbound.kafka.instance-id}. Counts the partitions that the broker gives to another process, and the
 * records that reach LaunchDarkly more than once.
 */
final class RollingRestartScenario {

    private static final int PROCESSES = 3;
    private static final int PARTITIONS = 12;
    private static final int AUDIENCES = 20;
    private static final int EVENTS_EACH_10_MS = 18;

    /** Longer than anything here takes. */
    private static final long PATIENCE_NANOS = 180_000_000_000L;

    private final BareStub stub;
    private final KafkaBroker broker;
    private final String topic;
    private final PartitionOwners owners;
    private volatile boolean isSending = true;

    private RollingRestartScenario(BareStub stub, KafkaBroker broker, String topic) {
        this.stub = stub;
        this.broker = broker;
        this.topic = topic;
        owners = new PartitionOwners(broker, topic);
    }

    static void run(BareStub stub) throws Exception {
        say(
                "Rolling restart of %d processes: %d partitions, %d audiences, %,d events/s, each of another person",
                PROCESSES, PARTITIONS, AUDIENCES, EVENTS_EACH_10_MS * 100);
        try (KafkaBroker broker = KafkaBroker.start()) {
            new RollingRestartScenario(stub, broker, "unnamed").restartEach(false);
            new RollingRestartScenario(stub, broker, "named").restartEach(true);
        }
    }

    private void restartEach(boolean named) throws Exception {
        stub.reset();
        broker.createTopic(topic, PARTITIONS);
        List<BundleProcess> processes = new ArrayList<>();
        try {
            for (int number = 1; number <= PROCESSES; number++) {
                processes.add(process(topic + "-" + number, named).start());
            }
            await(this::isBalanced);
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(this::send);
            await(() -> processes.stream().allMatch(RollingRestartScenario::delivers));
            int movedBefore = owners.moved();
            List<String> seconds = new ArrayList<>();
            for (BundleProcess process : processes) {
                long start = System.nanoTime();
                process.terminate();
                process.start();
                await(() -> isBalanced() && delivers(process));
                seconds.add(String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9));
            }
            isSending = false;
            int records = sent.get();
            await(() -> committed() >= records);
            say(
                    "    %s instance ids: %d partitions moved; %,d records, of which %,d were sent again; seconds until"
                            + " a restarted process delivers: %s",
                    named ? "with" : "without",
                    owners.moved() - movedBefore,
                    records,
                    stub.members() - records,
                    String.join(", ", seconds));
        } finally {
            isSending = false;
            processes.forEach(BundleProcess::close);
        }
    }

    private BundleProcess process(String name, boolean named) {
        return BundleProcess.in(name)
                .shortLived()
                .jvm("-Xmx256m")
                .launchDarkly(stub.url(), "benchmark-token", "benchmark")
                .environment("AUDIENCES_INBOUND", "kafka")
                .environment("KAFKA_BROKERS", broker.bootstrapServers())
                .environment("KAFKA_TOPIC", topic)
                .environment("KAFKA_GROUP", topic)
                .properties(Map.of(
                        "audiences.kafka.client.client.id",
                        name,
                        "audiences.inbound.kafka.instance-id",
                        named ? name : "",
                        // A record that is read again is sent again, and so is seen.
                        "audiences.batch.skip-repeats",
                        "false"));
    }

    private boolean isBalanced() {
        return owners.areShared(PROCESSES, PARTITIONS / PROCESSES);
    }

    private static boolean delivers(BundleProcess process) {
        process.checkAlive();
        return process.events("delivered") > 0;
    }

    private int send() {
        int records = 0;
        Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            long start = System.nanoTime();
            while (isSending) {
                long due = (System.nanoTime() - start) / 10_000_000 * EVENTS_EACH_10_MS;
                for (; records < due; records++) {
                    byte[] key = ("user_" + records).getBytes(StandardCharsets.UTF_8);
                    byte[] value = BenchmarkEvents.event(records, AUDIENCES, Integer.MAX_VALUE)
                            .getBytes(StandardCharsets.UTF_8);
                    producer.send(new ProducerRecord<>(topic, key, value));
                }
                sleep(5);
            }
        }
        return records;
    }

    private long committed() {
        return broker.committed(topic).values().stream().collect(Collectors.summingLong(OffsetAndMetadata::offset));
    }

    private void await(BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException("It takes too long; see target/processes.");
            }
            owners.look();
            sleep(20);
        }
        owners.look();
    }

    private static void sleep(int ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
