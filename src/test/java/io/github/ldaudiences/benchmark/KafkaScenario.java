package io.github.ldaudiences.benchmark;

import static io.github.ldaudiences.benchmark.Report.say;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.File;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Drains a topic that has been filled before, with a plain consumer loop and with the bundle. */
final class KafkaScenario {

    private static final String TOPIC = "audience-events";
    private static final int PARTITIONS = 12;
    private static final int AUDIENCES = 100;
    private static final int WARM_UP = 3_000_000;
    private static final int MEASURED = 1_000_000;
    private static final int EVENTS = WARM_UP + MEASURED;

    private final BareStub stub;
    private final int port;

    private KafkaScenario(BareStub stub, int port) {
        this.stub = stub;
        this.port = port;
    }

    static void run(BareStub stub) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process broker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerMain.class.getName(),
                        Integer.toString(port),
                        TOPIC,
                        Integer.toString(PARTITIONS))
                .redirectErrorStream(true)
                .redirectOutput(new File("target/benchmark-kafka.log"))
                .start();
        try {
            KafkaScenario scenario = new KafkaScenario(stub, port);
            scenario.fill();
            scenario.plainLoop();
            scenario.bundle();
        } finally {
            broker.destroy();
            broker.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private Properties client() {
        Properties client = new Properties();
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("key.serializer", ByteArraySerializer.class.getName());
        client.put("value.serializer", ByteArraySerializer.class.getName());
        client.put("key.deserializer", ByteArrayDeserializer.class.getName());
        client.put("value.deserializer", ByteArrayDeserializer.class.getName());
        return client;
    }

    private void fill() throws Exception {
        Properties properties = client();
        properties.put("linger.ms", "20");
        properties.put("batch.size", "200000");
        properties.put("compression.type", "lz4");
        long bytes = 0;
        awaitTopic();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            for (int i = 0; i < EVENTS; i++) {
                byte[] value = BenchmarkEvents.event(i, AUDIENCES, EVENTS).getBytes(StandardCharsets.UTF_8);
                bytes += value.length;
                byte[] key = ("user_" + i / AUDIENCES).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(TOPIC, key, value));
            }
        }
        say(
                "Kafka: %,d events of %d bytes, %d audiences, %d partitions, lz4; 1 consumer; the first %,d warm up",
                EVENTS, bytes / EVENTS, AUDIENCES, PARTITIONS, WARM_UP);
    }

    private void awaitTopic() throws Exception {
        try (Admin admin = Admin.create(client())) {
            while (!admin.listTopics().names().get().contains(TOPIC)) {
                Thread.sleep(100);
            }
        }
    }

    /** Reads and parses everything, commits now and then, and sends nothing. */
    private void plainLoop() throws Exception {
        ObjectReader reader = new ObjectMapper().readerFor(JsonNode.class);
        Properties properties = client();
        properties.put("group.id", "plain");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("max.poll.records", "5000");
        long start = 0;
        int read = 0;
        int parsed = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(List.of(TOPIC));
            while (read < EVENTS) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    JsonNode event = reader.readValue(record.value());
                    parsed += event.path("userId").isTextual() ? 1 : 0;
                    if (++read == WARM_UP) {
                        start = System.nanoTime();
                    }
                }
                consumer.commitAsync();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        say("    plain loop: %,.0f events/s (%,d parsed)", MEASURED / seconds, parsed);
    }

    private void bundle() throws Exception {
        Map<String, String> properties = Bundle.unthrottled(
                "audiences.inbound", "http,kafka",
                "audiences.kafka.brokers", "127.0.0.1:" + port,
                "audiences.inbound.kafka.delivery-timeout-ms", "40000",
                "audiences.inbound.http.reply-timeout-ms", "60000",
                "audiences.batch.max-wait-ms", "35000");
        stub.reset();
        try (Bundle bundle = new Bundle("256m", stub.url(), properties);
                Admin admin = Admin.create(client())) {
            awaitCommitted(WARM_UP, admin);
            say("    live heap after the first %,d events: %d MB", WARM_UP, bundle.liveHeapMegabytes());
            bundle.beginPart();
            long start = System.nanoTime();
            long before = committed(admin);
            awaitCommitted(EVENTS, admin);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = bundle.endPart();
            long events = EVENTS - before;
            say(
                    "    bundle, heap of 256 MB: %,.0f events/s drained, delivered and committed; %,.0f by CPU-second;"
                            + " CPU for each event: %.1f microseconds",
                    events / seconds, events / cpu, cpu * 1e6 / events);
            say("    requests to LaunchDarkly: %,d; the fewest possible are %,d", stub.requests(), EVENTS / 1000);
            say("    resident %d MB, live heap %d MB", bundle.residentMegabytes(), bundle.liveHeapMegabytes());
        }
    }

    private static void awaitCommitted(long events, Admin admin) throws Exception {
        while (committed(admin) < events) {
            Thread.sleep(50);
        }
    }

    private static long committed(Admin admin) throws Exception {
        return admin
                .listConsumerGroupOffsets("launchdarkly-audiences")
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }
}
