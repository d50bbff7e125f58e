package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The body of a request, which is decompressed only when asked for, after all other checks of the request. Until it is
 * closed, its expanded size counts among the bodies that are being received.
 */
public final class ExpandedBody implements AutoCloseable {

    /** The highest ratio that deflate can reach. */
    private static final long MAX_RATIO = 1032;

    private static final int MIN_PIECE = 4096;
    private static final int MAX_PIECE = 1 << 20;

    /** Bytes at a time, so that native code does not delay the garbage collector for long. */
    private static final int STEP = 1 << 16;

    // Sizes in a gzip member, by RFC 1952.
    private static final int HEADER = 10;
    private static final int TRAILER = 8;
    private static final int DEFLATED = 8;
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final byte[] sent;
    private final ContentEncoding encoding;
    private final long max;
    private final ReceivingBytes.Share room;
    private final List<byte[]> fullPieces = new ArrayList<>();
    private byte[] piece;
    private int filled; // bytes in the current piece
    private int total; // bytes in all pieces
    private byte[] expanded;

    /**
     * @param sent the body as it was sent
     * @param encoding how it is compressed
     * @param receiving the bytes of bodies that are being received
     */
    ExpandedBody(byte[] sent, ContentEncoding encoding, ReceivingBytes receiving) {
        this.sent = sent;
        this.encoding = encoding;
        this.max = receiving.maxBody();
        this.room = receiving.shareToExpand(sent.length);
    }

    /**
     * @return the decompressed body
     * @throws RefusedRequestException 400 if it cannot be decompressed, 413 if it would become too large, 503 if there
     *     is no room for it now
     */
    public byte[] bytes() throws RefusedRequestException {
        if (expanded == null) {
            // An empty body is no compressed data. It stays empty, and is rejected where a body is expected.
            expanded = encoding == ContentEncoding.IDENTITY || sent.length == 0 ? sent : expand();
        }
        return expanded;
    }

    private byte[] expand() throws RefusedRequestException {
        boolean gzip = encoding == ContentEncoding.GZIP;
        Inflater inflater = new Inflater(gzip);
        try {
            piece = new byte[take(gzip ? claimed() : guessed())];
            int end = gzip ? gzipMember(inflater, 0) : inflate(inflater, 0, null);
            while (gzip && end < sent.length) {
                inflater.reset();
                end = gzipMember(inflater, end);
            }
            if (end < sent.length) {
                throw invalid("other bytes follow its end");
            }
        } finally {
            inflater.end();
        }
        return together();
    }

    /**
     * Returns the expanded size that the end of a gzip member claims. If the claim is true, nothing has to be copied.
     */
    private int claimed() {
        long claimed = sent.length < TRAILER ? 0 : unsignedInt(sent.length - Integer.BYTES);
        return claimed > 0 && claimed <= max && claimed <= MAX_RATIO * sent.length ? (int) claimed : guessed();
    }

    private int guessed() {
        return (int) Math.min(max, Math.max(MIN_PIECE, 8L * sent.length));
    }

    /** Expands the member that begins at the given position, and returns where it ends. */
    private int gzipMember(Inflater inflater, int from) throws RefusedRequestException {
        CRC32 checksum = new CRC32();
        int before = total;
        int trailer = inflate(inflater, afterHeader(from), checksum);
        if (trailer + TRAILER > sent.length) {
            throw tooShort();
        }
        if (unsignedInt(trailer) != checksum.getValue() || unsignedInt(trailer + Integer.BYTES) != total - before) {
            throw invalid("its checksum or its length does not match");
        }
        return trailer + TRAILER;
    }

    private int afterHeader(int from) throws RefusedRequestException {
        boolean begins = sent[from] == 0x1F && (from + 1 == sent.length || sent[from + 1] == (byte) 0x8B);
        if (!begins) {
            throw invalid(from == 0 ? "it has no gzip header" : "other bytes follow its end");
        }
        if (from + HEADER > sent.length) {
            throw tooShort();
        }
        int flags = sent[from + 3];
        if (sent[from + 2] != DEFLATED || (flags & RESERVED) != 0) {
            throw invalid("its header is not supported");
        }
        int at = from + HEADER;
        if ((flags & FEXTRA) != 0) {
            at += 2 + byteAt(at) + (byteAt(at + 1) << Byte.SIZE);
        }
        for (int text : new int[] {FNAME, FCOMMENT}) {
            if ((flags & text) != 0) {
                while (byteAt(at) != 0) {
                    at++;
                }
                at++;
            }
        }
        return (flags & FHCRC) == 0 ? at : at + 2;
    }

    /** Expands the data that begin at the given position, and returns where they end. */
    private int inflate(Inflater inflater, int from, CRC32 checksum) throws RefusedRequestException {
        if (from >= sent.length) {
            throw tooShort();
        }
        inflater.setInput(sent, from, sent.length - from);
        byte[] one = new byte[1];
        try {
            while (!inflater.finished()) {
                // At the end of a piece, which may be the end of the body, ask for one more byte.
                boolean full = filled == piece.length;
                byte[] target = full ? one : piece;
                int at = full ? 0 : filled;
                int count = inflater.inflate(target, at, Math.min(STEP, target.length - at));
                if (count == 0 && !inflater.finished()) {
                    throw inflater.needsDictionary() ? invalid("it needs a dictionary") : tooShort();
                }
                if (checksum != null) {
                    checksum.update(target, at, count);
                }
                if (full && count > 0) {
                    nextPiece();
                    piece[0] = one[0];
                }
                filled += count;
                total += count;
            }
        } catch (DataFormatException e) {
            throw invalid(e.getMessage() == null ? "it is damaged" : e.getMessage());
        }
        return sent.length - inflater.getRemaining();
    }

    private void nextPiece() throws RefusedRequestException {
        if (total >= max) {
            throw new RefusedRequestException(
                    ProblemCode.BODY_TOO_LARGE, "The body may have at most " + max + " bytes when it is expanded.");
        }
        fullPieces.add(piece);
        piece = new byte[take((int) Math.min(max - total, Math.min(MAX_PIECE, Math.max(MIN_PIECE, total))))];
        filled = 0;
    }

    private byte[] together() throws RefusedRequestException {
        if (fullPieces.isEmpty() && filled == piece.length) {
            return piece;
        }
        byte[] whole = new byte[take(total)];
        int at = 0;
        for (byte[] full : fullPieces) {
            System.arraycopy(full, 0, whole, at, full.length);
            at += full.length;
        }
        System.arraycopy(piece, 0, whole, at, filled);
        fullPieces.clear();
        piece = null;
        return whole;
    }

    /** Takes room before an array of that length is allocated. */
    private int take(int bytes) throws RefusedRequestException {
        if (!room.tryTake(bytes, total + bytes)) {
            throw new RefusedRequestException(ProblemCode.OVERLOADED, "Too much is being received; try again later.");
        }
        return bytes;
    }

    private int byteAt(int at) throws RefusedRequestException {
        if (at >= sent.length) {
            throw tooShort();
        }
        return sent[at] & 0xFF;
    }

    private long unsignedInt(int at) {
        return (sent[at] & 0xFFL)
                | (sent[at + 1] & 0xFFL) << 8
                | (sent[at + 2] & 0xFFL) << 16
                | (sent[at + 3] & 0xFFL) << 24;
    }

    private RefusedRequestException tooShort() {
        return invalid("it ends too early");
    }

    private RefusedRequestException invalid(String problem) {
        return new RefusedRequestException(
                ProblemCode.COMPRESSION_INVALID, "The body is not valid " + encoding + ": " + problem + ".");
    }

    @Override
    public void close() {
        room.close();
    }
}
