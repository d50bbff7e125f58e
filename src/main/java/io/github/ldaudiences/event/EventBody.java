package io.github.ldaudiences.event;

import java.util.Map;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FastDecompressor;

/**
 * The bytes that events arrived in. They are kept until the last event is settled, because a dead letter holds the
 * original. Few waiting events are ever read again, so the bytes may be compressed in memory.
 */
public final class EventBody {

    /** Smaller bodies are not worth compressing. */
    private static final int MIN_COMPRESSED_BYTES = 2048;

    // Not the native compressor, which would have to write a library to disk.
    private static final LZ4Compressor COMPRESSOR =
            LZ4Factory.fastestJavaInstance().fastCompressor();
    private static final LZ4FastDecompressor DECOMPRESSOR =
            LZ4Factory.fastestJavaInstance().fastDecompressor();

    private record Content(byte[] bytes, boolean compressed) {}

    private final EventSource source;
    private final int length;
    private volatile Content content;

    /**
     * @param bytes the bytes, which must not be changed from now on
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
     * @param decoded content that was encoded in this body
     * @return a body with this content, from the same source
     */
    EventBody holding(byte[] decoded) {
        return new EventBody(decoded, source);
    }

    /** @return the dead letter that the body is replayed from, or null */
    Replay replay() {
        return source instanceof Replay replay ? replay : null;
    }

    /** @return the type of events in it that have no type of their own, or null */
    String eventType() {
        return source.eventType();
    }

    /** @return how many bytes arrived */
    public int length() {
        return length;
    }

    /** @return where to find the event that begins at this byte */
    Map<String, Object> coordinates(int from) {
        return source.coordinates(bytes(), from);
    }

    /** @return the span that the event that begins at this byte came from, or null */
    TraceOrigin trace(int from) {
        return source.trace(from);
    }

    /**
     * Compresses the bytes in memory. Call this when all events have been parsed.
     *
     * @return how many bytes fewer are held now
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
