package io.github.ldaudiences.event;

import java.util.Map;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FastDecompressor;

/**
 * The bytes that events arrived in, kept until the last of them is settled: a dead letter holds the original. Of many
 * events that wait, few are ever looked at again; so the bytes may be held compressed.
 */
public final class EventBody {

    /** Less is not worth it. */
    private static final int MIN_COMPRESSED_BYTES = 2048;

    // Not the native one: it would have to write a library to disk.
    private static final LZ4Compressor COMPRESSOR =
            LZ4Factory.fastestJavaInstance().fastCompressor();
    private static final LZ4FastDecompressor DECOMPRESSOR =
            LZ4Factory.fastestJavaInstance().fastDecompressor();

    private record Content(byte[] bytes, boolean compressed) {}

    private final EventSource source;
    private final int length;
    private volatile Content content;

    /**
     * @param bytes the bytes, which nobody may change from now on
     * @param source where they came from
     */
    public EventBody(byte[] bytes, EventSource source) {
        this.source = source;
        this.length = bytes.length;
        this.content = new Content(bytes, false);
    }

    /** @return the bytes as they arrived */
    byte[] bytes() {
        Content held = content;
        return held.compressed() ? DECOMPRESSOR.decompress(held.bytes(), length) : held.bytes();
    }

    /**
     * @param decoded what was encoded in this body
     * @return a body that holds it, from the same source
     */
    EventBody holding(byte[] decoded) {
        return new EventBody(decoded, source);
    }

    /** @return the dead letter that it was in, or null if it has not been in one */
    Replay replay() {
        return source instanceof Replay replay ? replay : null;
    }

    /** @return the type of the events in it that do not say theirs, or null */
    String eventType() {
        return source.eventType();
    }

    /** @return how many bytes arrived */
    public int length() {
        return length;
    }

    /** @return where the event that begins at that byte can be found */
    Map<String, Object> coordinates(int from) {
        return source.coordinates(bytes(), from);
    }

    /** @return the span that the event that begins at that byte came from, or null */
    TraceOrigin trace(int from) {
        return source.trace(from);
    }

    /**
     * Compresses what is held, to be called when all events have been parsed.
     *
     * @return how many bytes less are held now
     */
    public int compress() {
        Content held = content;
        if (held.compressed() || length < MIN_COMPRESSED_BYTES) {
            return 0;
        }
        byte[] compressed = COMPRESSOR.compress(held.bytes());
        if (compressed.length >= length) {
            return 0;
        }
        content = new Content(compressed, true);
        return length - compressed.length;
    }
}
