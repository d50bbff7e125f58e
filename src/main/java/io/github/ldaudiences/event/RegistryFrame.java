package io.github.ldaudiences.event;

/**
 * The prefix that serializers of a schema registry add to a value: a byte of 0, then the ID of the schema, in 4 bytes
 * (Confluent, and current Apicurio) or in 8 (earlier Apicurio). It is followed by JSON, Avro or Protobuf.
 */
final class RegistryFrame {

    /** Returned instead of a position if no JSON follows. */
    static final int NO_JSON = -1;

    private static final int[] ID_BYTES = {4, 8};

    private RegistryFrame() {}

    /**
     * @param bytes hold a value
     * @param from first byte of the value
     * @param to first byte after it
     * @return first byte of the JSON in the value: the first byte if there is no frame; {@link #NO_JSON} if the frame
     *     holds something else
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

    /** Numbers and other text do not count: an event is neither, and the lengths in Avro look like them. */
    private static boolean beginsLikeJson(byte[] bytes, int from, int to) {
        int at = afterSpace(bytes, from, to);
        return at < to
                && (bytes[at] == '{' || bytes[at] == '[' || (bytes[at] == '"' && at + 1 < to && bytes[at + 1] == '{'));
    }

    /** @return the first byte that is not JSON whitespace, or {@code to} */
    static int afterSpace(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at;
    }
}
