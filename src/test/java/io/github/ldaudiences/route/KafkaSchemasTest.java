package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import io.apicurio.registry.serde.protobuf.ProtobufKafkaDeserializer;
import io.apicurio.registry.serde.protobuf.ProtobufSchemaParser;
import io.apicurio.registry.serde.protobuf.ref.RefOuterClass.Ref;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.Recipe;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Values in the form of a schema, read by the deserializer of Apicurio Registry as the recipe says. */
@Tag("kafka")
class KafkaSchemasTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String RECIPE = "Avro or Protobuf, with a schema registry";
    private static final String DESERIALIZER = "audiences.inbound.kafka.value-deserializer";
    private static final int ID = 7;
    private static final int OTHER_ID = 8;

    private static final Schema EVENT = new Schema.Parser().parse("""
            {"type": "record", "name": "Event", "fields": [
              {"name": "type", "type": "string"},
              {"name": "userId", "type": ["null", "string"]},
              {"name": "traits", "type": {"type": "map", "values": ["null", "boolean", "string"]}},
              {"name": "context", "type": {"type": "record", "name": "Context", "fields": [
                {"name": "personas", "type": {"type": "record", "name": "Personas", "fields": [
                  {"name": "computation_class", "type": "string"},
                  {"name": "computation_id", "type": "string"},
                  {"name": "computation_key", "type": "string"}]}}]}}]}
            """);

    private static final String PROTO = """
            syntax = "proto3";
            message Event {
              string type = 1;
              string userId = 2;
              map<string, bool> traits = 3;
              Context context = 4;
            }
            message Context {
              Personas personas = 1;
            }
            message Personas {
              string computation_class = 1;
              string computation_id = 2;
              string computation_key = 3;
            }
            """;

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    private SchemaRegistry registry;
    private String topic;

    @BeforeEach
    void startRegistry(TestInfo test) throws IOException {
        topic = test.getTestMethod().orElseThrow().getName();
        broker.createTopic(topic, 1);
        registry = SchemaRegistry.start();
        registry.add(ID, EVENT.toString());
    }

    @AfterEach
    void stopRegistry() {
        registry.close();
    }

    @Test
    void avroRecordsAreReadAndOneThatCannotBeGoesToTheDeadLetterAlone() {
        byte[] broken = Arrays.copyOf(framed(ID, "broken", true), 12);
        byte[] endless = frame(ID, new byte[] {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f});
        byte[] ofUnknownSchema = framed(4711, "unknown", true);
        byte[] json = "{\"type\":\"identify\"}".getBytes(StandardCharsets.UTF_8);
        byte[] empty = {};
        List<byte[]> bad = List.of(broken, endless, ofUnknownSchema, json, empty);
        produce(framed(ID, "u1", true));
        bad.forEach(this::produce);
        produce((byte[]) null);
        produce(framed(ID, null, true), framed(ID, "u2", "true"), framed(ID, "u3", false));
        try (RunningBundle bundle = RunningBundle.start(recipe().properties())) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(10));
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2");
            assertThat(bundle.excluded("aud_1")).containsExactly("u3");
            List<JsonNode> letters = bundle.deadLetters();
            assertThat(letters).hasSize(7);
            List<JsonNode> undeserialized = letters.stream()
                    .filter(letter -> letter.path("code").asText().equals("value_not_deserialized"))
                    .toList();
            assertThat(undeserialized).extracting(KafkaSchemasTest::content).containsExactlyInAnyOrderElementsOf(bad);
            assertThat(undeserialized).allSatisfy(letter -> {
                assertThat(letter.path("reason").asText())
                        .startsWith("io.apicurio.registry.serde.avro.AvroKafkaDeserializer cannot read the value: ");
                assertThat(letter.at("/source/topic").asText()).isEqualTo(topic);
            });
            assertThat(undeserialized)
                    .filteredOn(letter -> letter.at("/source/offset").asInt() == 3)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.path("reason").asText())
                            .endsWith("cannot read the value: the schema registry answered 404."));
            assertThat(letters)
                    .filteredOn(letter -> letter.path("code").asText().equals("context_key_missing"))
                    .as("what an event holds is JSON from here on")
                    .singleElement()
                    .satisfies(letter -> assertThat(
                                    letter.at("/event/traits/vip_customers").booleanValue())
                            .isTrue());
        }
    }

    @Test
    void protobufMessagesAreReadAndOneThatCannotBeGoesToTheDeadLetterAlone() throws IOException {
        registry.add(ID, PROTO);
        byte[] whole = message("u1", true);
        byte[] broken = Arrays.copyOf(whole, whole.length - 3);
        produce(whole, broken, message("u2", false));
        try (RunningBundle bundle =
                RunningBundle.start(recipe().here(DESERIALIZER, ProtobufKafkaDeserializer.class.getName())
                        .properties())) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(3));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
            assertThat(bundle.excluded("aud_1")).containsExactly("u2");
            assertThat(bundle.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.path("code").asText()).isEqualTo("value_not_deserialized");
                assertThat(content(letter)).isEqualTo(broken);
            });
        }
    }

    @Test
    void whileTheRegistryFailsRecordsWaitAndNoneGoesToTheDeadLetter() {
        produce(framed(ID, "u0", true));
        try (RunningBundle bundle = RunningBundle.start(recipe().also("audiences.inbound.kafka.retry-delay-ms", "50")
                .also("audiences.inbound.kafka.max-retry-delay-ms", "50")
                .also("audiences.inbound.kafka.poll-wait-ms", "20")
                .properties())) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(1));
            registry.add(OTHER_ID, EVENT.toString());
            registry.failWith(503);
            produce(framed(ID, "u1", true), framed(OTHER_ID, "u2", true));
            await().atMost(SOON).untilAsserted(() -> assertThat(bundle.problem("kafka-inbound"))
                    .isEqualTo("No events from Kafka: values of " + topic + "-0 cannot be deserialized now: the"
                            + " schema registry answered 503. They are read again until they can be."));
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(2));
            int failures = registry.failures();
            await().atMost(SOON).until(() -> registry.failures() > failures + 1);
            assertThat(bundle.included("aud_1")).containsExactly("u0", "u1");
            registry.failWith(0);
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(3));
            assertThat(bundle.included("aud_1")).containsExactly("u0", "u1", "u2");
            assertThat(bundle.problem("kafka-inbound")).isNull();
            registry.close();
            produce(framed(4711, "u3", true));
            await().atMost(SOON).untilAsserted(() -> assertThat(bundle.problem("kafka-inbound"))
                    .contains("Connection refused: /127.0.0.1:"));
            assertThat(committed()).isEqualTo(3);
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void theRegistryIsReachedThroughTheProxyAndItsPrivateAuthorityIsTrusted(@TempDir Path folder) throws Exception {
        Path keys = new Certificates(folder).keyPair("registry", "PKCS12");
        try (SchemaRegistry distant = SchemaRegistry.start(Certificates.context(keys, null));
                ProxyServer proxy = new ProxyServer()) {
            distant.add(ID, EVENT.toString());
            proxy.require("company", "right-word");
            produce(framed(ID, "u1", true));
            try (RunningBundle bundle = RunningBundle.start(
                    recipe().here(DESERIALIZER + ".apicurio.registry.url", distant.url(Certificates.HOST))
                            .also("audiences.outbound.proxy-host", "127.0.0.1")
                            .also("audiences.outbound.proxy-port", Integer.toString(proxy.port()))
                            .also("audiences.outbound.proxy-user", "company")
                            .also("audiences.outbound.proxy-password", "right-word")
                            .also(
                                    "audiences.outbound.tls-truststore",
                                    Certificates.pemCertificates(keys).toString())
                            .properties())) {
                await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(1));
                assertThat(bundle.included("aud_1")).containsExactly("u1");
            }
            assertThat(proxy.requests()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .startsWith("CONNECT " + Certificates.HOST + ":"));
        }
    }

    @Test
    void aDeserializerThatCannotBeUsedEndsTheStart() {
        assertStartFails(
                "no.such.Deserializer", "=no.such.Deserializer is not on the class path; allowed is the name of");
        assertStartFails(
                "java.lang.String",
                "=java.lang.String does not implement Kafka's Deserializer; allowed is the name of");
        assertStartFails(
                "",
                "Properties that begin with " + DESERIALIZER + ". have no effect while " + DESERIALIZER + " is empty.");
        Recipe withoutUrl = recipe().here(DESERIALIZER + ".apicurio.registry.url", "");
        assertThatThrownBy(() -> RunningBundle.start(withoutUrl.properties()).close())
                .hasStackTraceContaining("AvroKafkaDeserializer cannot be used: Missing registry base url");
    }

    private void assertStartFails(String deserializer, String sentence) {
        assertThatThrownBy(() -> RunningBundle.start(
                                recipe().here(DESERIALIZER, deserializer).properties())
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(sentence);
    }

    private Recipe recipe() {
        return Recipe.under(RECIPE)
                .here("audiences.kafka.brokers", broker.bootstrapServers())
                .here("audiences.inbound.kafka.topic", topic)
                .here("audiences.inbound.kafka.group", topic)
                .here(DESERIALIZER + ".apicurio.registry.url", registry.url());
    }

    private long committed() {
        var offset = broker.committed(topic).get(new TopicPartition(topic, 0));
        return offset == null ? 0 : offset.offset();
    }

    private void produce(byte[]... values) {
        broker.produce(
                topic,
                Arrays.stream(values)
                        .map(value -> new ProducerRecord<byte[], byte[]>(topic, 0, null, value))
                        .toList());
    }

    private static byte[] content(JsonNode letter) {
        return letter.has("base64")
                ? Base64.getDecoder().decode(letter.path("base64").asText())
                : letter.path("text").asText().getBytes(StandardCharsets.UTF_8);
    }

    /** An event as Apicurio's serializer writes it. */
    private static byte[] framed(int schemaId, String userId, Object member) {
        Schema context = EVENT.getField("context").schema();
        Schema personas = context.getField("personas").schema();
        GenericRecord event = new GenericRecordBuilder(EVENT)
                .set("type", "identify")
                .set("userId", userId)
                .set("traits", Map.of("vip_customers", member))
                .set(
                        "context",
                        new GenericRecordBuilder(context)
                                .set(
                                        "personas",
                                        new GenericRecordBuilder(personas)
                                                .set("computation_class", "audience")
                                                .set("computation_id", "aud_1")
                                                .set("computation_key", "vip_customers")
                                                .build())
                                .build())
                .build();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(EVENT, GenericData.get()).write(event, encoder);
            encoder.flush();
            return frame(schemaId, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An event as Apicurio's serializer for Protobuf writes it: the name of the message's type is before the message. */
    private static byte[] message(String userId, boolean member) throws IOException {
        Descriptor type = new ProtobufSchemaParser<>()
                .parseSchema(PROTO.getBytes(StandardCharsets.UTF_8), Map.of())
                .getFileDescriptor()
                .findMessageTypeByName("Event");
        DynamicMessage.Builder event = DynamicMessage.newBuilder(type);
        JsonFormat.parser().merge("""
                        {"type": "identify", "userId": "%s", "traits": {"vip_customers": %s}, "context": {"personas": {
                          "computation_class": "audience", "computation_id": "aud_1", "computation_key": "vip_customers"}}}
                        """.formatted(userId, member), event);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Ref.newBuilder().setName(type.getName()).build().writeDelimitedTo(bytes);
        event.build().writeTo(bytes);
        return frame(ID, bytes.toByteArray());
    }

    private static byte[] frame(int schemaId, byte[] value) {
        return ByteBuffer.allocate(5 + value.length)
                .put((byte) 0)
                .putInt(schemaId)
                .put(value)
                .array();
    }
}
