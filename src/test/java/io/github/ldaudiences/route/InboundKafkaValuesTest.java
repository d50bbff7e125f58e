package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.MalformedText;
import io.github.ldaudiences.fixture.MalformedText.Document;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a record may hold, and what becomes of a record that holds no event. */
@Tag("kafka")
class InboundKafkaValuesTest extends ReadFromKafka {

    @Test
    void aValueIsOneEventAnArrayOrABatchObject() {
        broker.createTopic(topic, 3);
        var context = AudienceEvent.entered("u4").json().remove("context");
        var third = AudienceEvent.entered("u4").json();
        third.remove("context");
        send(0, AudienceEvent.entered("u1"));
        send(1, AudienceEvent.array(AudienceEvent.entered("u2"), AudienceEvent.left("u3")));
        send(2, "{\"batch\":[" + third + "],\"context\":" + context + "}");
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(bundle.included("aud_1")).containsExactly("u1", "u2", "u4");
                assertThat(bundle.excluded("aud_1")).containsExactly("u3");
                assertThat(committed()).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L));
            });
        }
    }

    @Test
    void whatIsNoEventGoesToTheDeadLetterAndTheOffsetMovesOn() {
        broker.createTopic(topic, 1);
        List<String> junk = Arrays.asList(
                "{\"type\":",
                null,
                "",
                "17",
                "[]",
                "{\"type\":\"identify\",\"a\":" + "[".repeat(300) + "]".repeat(300) + "}",
                "{\"type\":\"identify\",\"a\":\"" + "x".repeat(70_000) + "\"}",
                "\u00ff\u00fe",
                "{\"type\":\"page\"}",
                AudienceEvent.identify("aud_1", "vip_customers", true).toString());
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < junk.size(); i++) {
            values.add(junk.get(i));
            values.add(AudienceEvent.entered("u" + i));
        }
        send(0, values.toArray());
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 20L)));
            assertThat(bundle.included("aud_1")).hasSize(10);
            // Neither an empty array nor a page is an error.
            List<JsonNode> letters = bundle.deadLetters();
            assertThat(letters)
                    .extracting(letter -> letter.at("/source/offset").asInt())
                    .containsExactlyInAnyOrder(0, 2, 4, 6, 10, 12, 14, 18);
            assertThat(letters).allSatisfy(letter -> {
                assertThat(letter.at("/source/topic").asText()).isEqualTo(topic);
                assertThat(letter.at("/source/partition").asInt(-1)).isZero();
                assertThat(letter.path("reason").asText()).isNotBlank();
            });
            assertThat(letters)
                    .filteredOn(letter -> letter.at("/source/offset").asInt() == 2)
                    .allSatisfy(letter ->
                            assertThat(letter.path("reason").asText()).isEqualTo("The message has no value."));
        }
    }

    @Test
    void valuesOfASchemaRegistryAndTextsOfJsonAreRead() {
        broker.createTopic(topic, 1);
        byte[] confluent = {0, 0, 0, 0, 7};
        byte[] apicurio = {0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x87};
        byte[] avro = join(confluent, new byte[] {4, 'u', '0', 1});
        byte[] two = join(confluent, bytes(AudienceEvent.array(AudienceEvent.entered("u4"), AudienceEvent.left("u5"))));
        broker.produce(
                topic,
                Stream.of(
                                join(
                                        confluent,
                                        bytes(AudienceEvent.entered("u1").toString())),
                                avro,
                                join(apicurio, bytes(AudienceEvent.entered("u2").toString())),
                                bytes(TextNode.valueOf(
                                                AudienceEvent.entered("u3").toString())
                                        .toString()),
                                two)
                        .map(value -> new ProducerRecord<byte[], byte[]>(topic, 0, null, value))
                        .toList());
        List<JsonNode> letters;
        try (RunningBundle bundle = start("audiences.inbound.http.max-events", "1")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 5L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2", "u3");
            letters = bundle.deadLetters();
        }
        assertThat(letters)
                .extracting(letter -> bytes(letter.path("text").asText()))
                .containsExactly(avro, two);
        assertThat(letters.get(0).path("reason").asText()).contains("The message looks like Avro or Protobuf");
        try (RunningBundle bundle = RunningBundle.start("audiences.replay", "on")) {
            assertThat(bundle.replay("?force=true", letters.get(1)).count("delivered"))
                    .isEqualTo(2);
            assertThat(bundle.included("aud_1")).containsExactly("u4");
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void malformedTextIsRejectedWhereverItStandsAndItsNeighboursAreDelivered() {
        broker.createTopic(topic, 1);
        List<Document> documents = MalformedText.documents();
        broker.produce(
                topic,
                documents.stream()
                        .map(document -> new ProducerRecord<byte[], byte[]>(topic, 0, null, document.bytes()))
                        .toList());
        try (RunningBundle bundle = start()) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, (long) documents.size())));
            MalformedText.assertSettled(bundle, documents);
        }
    }

    @Test
    void headersOfARecordSteerNothing() {
        broker.createTopic(topic, 1);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, 0, null, bytes(AudienceEvent.entered("u1").toString()));
        for (String name :
                List.of("kafka.OFFSET", "kafka.TOPIC", "kafka.PARTITION", "CamelKafkaOffset", "CamelHttpUri")) {
            record.headers().add(new RecordHeader(name, bytes("http://127.0.0.1:1/")));
        }
        broker.produce(topic, List.of(record));
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
        }
    }
}
