package io.github.ldaudiences.route;

import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.RunningBundle;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** The Kafka inbound and a real broker. Each test has a topic and a consumer group of its own. */
abstract class ReadFromKafka {

    static final String GROUP = "bundle";

    static final Duration SOON = Duration.ofSeconds(30);

    static KafkaBroker broker;

    String topic;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    RunningBundle start(String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.inbound",
                "kafka",
                "audiences.inbound.kafka.topic",
                topic,
                "audiences.inbound.kafka.group",
                GROUP + topic));
        all.addAll(List.of(properties));
        if (!all.contains("audiences.kafka.brokers")) {
            all.addAll(List.of("audiences.kafka.brokers", broker.bootstrapServers()));
        }
        return RunningBundle.start(all.toArray(String[]::new));
    }

    void send(int partition, Object... values) {
        broker.produce(
                topic,
                Arrays.stream(values)
                        .map(value -> new ProducerRecord<byte[], byte[]>(
                                topic, partition, null, value == null ? null : bytes(value.toString())))
                        .toList());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Committed offsets by partition. */
    Map<Integer, Long> committed() {
        Map<TopicPartition, OffsetAndMetadata> all = broker.committed(GROUP + topic);
        return all.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().partition(), entry -> entry.getValue()
                        .offset()));
    }

    long lag() {
        return broker.endOffset(topic)
                - committed().values().stream().mapToLong(Long::longValue).sum();
    }

    static double lagMeter(RunningBundle bundle) {
        return bundle.context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get("audiences.kafka.lag")
                .gauge()
                .value();
    }

    static double counter(RunningBundle bundle, String name, String outcome) {
        return bundle.context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get(name)
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    static int requests(RunningBundle bundle) {
        return bundle.sandbox().stats().path("requests").asInt();
    }

    static String health(RunningBundle bundle) {
        HealthCheck.Result result = HealthCheckHelper.invoke(bundle.context(), "full").stream()
                .filter(each -> each.getCheck().getId().equals("kafka-inbound"))
                .findFirst()
                .orElseThrow();
        return result.getState() + " " + result.getMessage().orElse("");
    }
}
