package io.github.ldaudiences.event;

/**
 * What the serializers of a schema registry put in front of a value: a byte of 0, then the id of the schema, in 4 bytes
 * (Confluent's, and Apicurio's by now) or in 8 (Apicurio's before). What follows is JSON, or Avro, or Protobuf.
 */
final class RegistryFrame {

    /** Instead of a position: no JSON follows. */
    static final int NO_JSON = -1;

    private static final int[] ID_BYTES = {4, 8};

    private RegistryFrame() {}

    /**
     * @param bytes hold a value
     * @param from first byte of the value
     * @param to first byte after it
     * @return first byte of the JSON in the value: the first of all where there is no frame; {@link #NO_JSON} if there is one
     *     with something else in it
     */
    static int jsonIn(byte[] bytes, int from, int to) {
        if (from >= to || bytes[from] != 0) {
            return from;
        }
        for (int idBytes : ID_BYTES) {
            int at = from + 1 + idBytes;
            if (beginsLikeJson(bytes, at, to)) {
                return at;
            }
        }
        return NO_JSON;
    }

    /** No number and no other text, for an event is neither, and the lengths in Avro look like these. */
    private static boolean beginsLikeJson(byte[] bytes, int from, int to) {
        int at = afterSpace(bytes, from, to);
        return at < to
                && (bytes[at] == '{' || bytes[at] == '[' || (bytes[at] == '"' && at + 1 < to && bytes[at + 1] == '{'));
    }

    /** @return the first byte that is not space between the values of JSON, or {@code to} */
    static int afterSpace(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at;
    }
}
