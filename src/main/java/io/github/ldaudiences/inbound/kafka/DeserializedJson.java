package io.github.ldaudiences.inbound.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Converts the result of a deserializer to JSON: an Avro record, a Protobuf message, Jackson's JSON, a text or bytes.
 * Avro and Protobuf classes are found by name because the bundle includes neither. Users who add a deserializer also
 * add its library.
 */
final class DeserializedJson {

    private static final String AVRO_RECORD = "org.apache.avro.generic.IndexedRecord";
    private static final String PROTOBUF_MESSAGE = "com.google.protobuf.MessageOrBuilder";

    private final Map<Class<?>, Function<Object, String>> byType = new HashMap<>();

    /**
     * @param value the result of a deserializer, or null
     * @return UTF-8 bytes, which are JSON if the value is as expected; null for null
     * @throws SerializationException if values of this type cannot be converted to JSON
     */
    byte[] of(Object value) {
        if (value == null || value instanceof byte[]) {
            return (byte[]) value;
        }
        String text = value instanceof String string
                ? string
                : byType.computeIfAbsent(value.getClass(), DeserializedJson::text)
                        .apply(value);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Function<Object, String> text(Class<?> type) {
        // The text of an Avro record is JSON, with the plain values of unions. Avro's JSON encoding would wrap them.
        if (JsonNode.class.isAssignableFrom(type) || isA(type, AVRO_RECORD)) {
            return Object::toString;
        }
        if (isA(type, PROTOBUF_MESSAGE)) {
            return protobuf(type.getClassLoader());
        }
        throw new SerializationException("the deserializer returned " + type.getName()
                + " instead of an Avro record, a Protobuf message, a JsonNode, a String or"
                + " bytes");
    }

    private static boolean isA(Class<?> type, String name) {
        if (type == null) {
            return false;
        }
        if (type.getName().equals(name) || isA(type.getSuperclass(), name)) {
            return true;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (isA(each, name)) {
                return true;
            }
        }
        return false;
    }

    /** Fields keep their names from the schema, and default values are included: false is what a removal says. */
    private static Function<Object, String> protobuf(ClassLoader loader) {
        try {
            Class<?> format = Class.forName("com.google.protobuf.util.JsonFormat", true, loader);
            Object printer = format.getMethod("printer").invoke(null);
            Class<?> type = printer.getClass();
            printer = type.getMethod("preservingProtoFieldNames").invoke(printer);
            printer = withDefaults(type).invoke(printer);
            printer = type.getMethod("omittingInsignificantWhitespace").invoke(printer);
            Method print = type.getMethod("print", Class.forName(PROTOBUF_MESSAGE, true, loader));
            Object configured = printer;
            return message -> print(print, configured, message);
        } catch (ReflectiveOperationException e) {
            throw new NoClassDefFoundError(
                    "com.google.protobuf.util.JsonFormat of protobuf-java-util is not on the class"
                            + " path, or is of another version");
        }
    }

    /** The older method's name is deprecated, and the newer one's is unknown to older versions. */
    private static Method withDefaults(Class<?> printer) throws NoSuchMethodException {
        try {
            return printer.getMethod("alwaysPrintFieldsWithNoPresence");
        } catch (NoSuchMethodException e) {
            return printer.getMethod("includingDefaultValueFields");
        }
    }

    private static String print(Method print, Object printer, Object message) {
        try {
            return (String) print.invoke(printer, message);
        } catch (InvocationTargetException e) {
            throw new SerializationException("the message cannot be converted to JSON", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalAccessError(e.getMessage());
        }
    }
}
