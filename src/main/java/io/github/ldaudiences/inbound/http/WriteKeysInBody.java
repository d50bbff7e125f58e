package io.github.ldaudiences.inbound.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds the write keys that Segment's libraries put into the body of a call, in the field {@code writeKey}. */
public final class WriteKeysInBody {

    /** Is given the position of one key in the body. */
    @FunctionalInterface
    public interface Place {
        /**
         * @param from first byte of the key
         * @param to first byte after it
         */
        void at(int from, int to);
    }

    private static final byte[] NAME = "\"writeKey\"".getBytes(StandardCharsets.US_ASCII);
    private static final int LAST = NAME.length - 1;

    /** For each byte at which the name might end: how many bytes later, at the earliest, it can end. */
    private static final int[] STEPS = new int[256];

    static {
        Arrays.fill(STEPS, NAME.length);
        for (int i = 0; i < LAST; i++) {
            STEPS[NAME[i]] = LAST - i;
        }
    }

    private WriteKeysInBody() {}

    /**
     * @param body JSON that is not compressed
     * @param place is given the position of each key
     */
    public static void forEach(byte[] body, Place place) {
        int next = 0;
        while ((next = afterName(body, next)) > 0) {
            int colon = afterWhitespace(body, next);
            int quote = afterWhitespace(body, colon + 1);
            int from = quote + 1;
            int to = from;
            while (to < body.length && isOfKey(body[to])) {
                to++;
            }
            if (to < body.length && to > from && body[colon] == ':' && body[quote] == '"' && body[to] == '"') {
                place.at(from, to);
            }
        }
    }

    /**
     * Replaces each key with asterisks, so that it reaches neither a dead letter nor Kafka.
     *
     * @param body JSON that is not compressed
     */
    static void mask(byte[] body) {
        forEach(body, (from, to) -> Arrays.fill(body, from, to, (byte) '*'));
    }

    /** Inspects only a few of the bytes, because bodies are large. */
    private static int afterName(byte[] body, int from) {
        for (int last = from + LAST; last < body.length; last += STEPS[body[last] & 0xFF]) {
            if (body[last] == '"' && Arrays.equals(body, last - LAST, last + 1, NAME, 0, NAME.length)) {
                return last + 1;
            }
        }
        return -1;
    }

    private static int afterWhitespace(byte[] body, int from) {
        int next = from;
        while (next < body.length
                && (body[next] == ' ' || body[next] == '\t' || body[next] == '\r' || body[next] == '\n')) {
            next++;
        }
        return next;
    }

    private static boolean isOfKey(byte character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || "-._~:".indexOf(character) >= 0;
    }
}
