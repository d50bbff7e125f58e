package io.github.ldaudiences.inbound.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What deserializers give becomes JSON. */
@Tag("kafka")
class DeserializedJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DeserializedJson deserialized = new DeserializedJson();

    @Test
    void textBytesAndJsonAreTakenAsTheyAre() throws JsonProcessingException {
        assertThat(deserialized.of(null)).isNull();
        assertThat(deserialized.of(bytes("{\"a\":1}"))).isEqualTo(bytes("{\"a\":1}"));
        assertThat(deserialized.of("{\"a\":\"é\"}")).isEqualTo(bytes("{\"a\":\"é\"}"));
        assertThat(json(JSON.readTree("{\"a\":[1,null,{\"b\":true}]}")))
                .isEqualTo(JSON.readTree("{\"a\":[1,null,{\"b\":true}]}"));
    }

    @Test
    void anAvroRecordIsAnObjectWithTheValuesOfUnionsAsTheyAre() throws JsonProcessingException {
        Schema schema = SchemaBuilder.record("Event")
                .fields()
                .optionalString("userId")
                .optionalString("anonymousId")
                .requiredLong("count")
                .requiredDouble("ratio")
                .requiredBytes("blob")
                .name("kind")
                .type()
                .enumeration("Kind")
                .symbols("IDENTIFY", "TRACK")
                .noDefault()
                .name("traits")
                .type()
                .map()
                .values()
                .unionOf()
                .nullType()
                .and()
                .booleanType()
                .and()
                .stringType()
                .endUnion()
                .noDefault()
                .name("tags")
                .type()
                .array()
                .items()
                .stringType()
                .noDefault()
                .endRecord();

        JsonNode json = json(new GenericRecordBuilder(schema)
                .set("userId", "a \"quoted\"\n\u0001 one \ud83d\ude00")
                .set("count", Long.MAX_VALUE)
                .set("ratio", Double.NaN)
                .set("blob", ByteBuffer.wrap(bytes("é")))
                .set("kind", "TRACK")
                .set("traits", Map.of("vip_customers", false, "a\"b", "true"))
                .set("tags", List.of("x"))
                .build());

        assertThat(json.get("userId").textValue()).isEqualTo("a \"quoted\"\n\u0001 one \ud83d\ude00");
        assertThat(json.get("anonymousId").isNull()).isTrue();
        assertThat(json.get("count").longValue()).isEqualTo(Long.MAX_VALUE);
        assertThat(json.get("ratio").textValue()).isEqualTo("NaN");
        assertThat(json.get("kind").textValue()).isEqualTo("TRACK");
        assertThat(json.get("traits")).isEqualTo(JSON.readTree("{\"vip_customers\":false,\"a\\\"b\":\"true\"}"));
        assertThat(json.get("tags")).isEqualTo(JSON.readTree("[\"x\"]"));
    }

    @Test
    void aProtobufMessageIsAnObjectWithAllItsFieldsNamedAsInItsSchema()
            throws DescriptorValidationException, JsonProcessingException {
        DescriptorProto type = DescriptorProto.newBuilder()
                .setName("Event")
                .addField(field(1, "userId", Type.TYPE_STRING))
                .addField(field(2, "vip_customers", Type.TYPE_BOOL))
                .build();
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("event.proto")
                .setSyntax("proto3")
                .addMessageType(type)
                .build();
        Descriptor event = FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Event");

        JsonNode json = json(DynamicMessage.newBuilder(event)
                .setField(event.findFieldByName("userId"), "u1")
                .build());

        assertThat(json).isEqualTo(JSON.readTree("{\"userId\":\"u1\",\"vip_customers\":false}"));
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> deserialized.of(Instant.EPOCH))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("the deserializer returned java.time.Instant instead of an Avro record");
    }

    private static FieldDescriptorProto field(int number, String name, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setNumber(number)
                .setName(name)
                .setType(type)
                .build();
    }

    private JsonNode json(Object value) throws JsonProcessingException {
        return JSON.readTree(new String(deserialized.of(value), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
