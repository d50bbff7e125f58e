package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.problem.ProblemCode;
import java.util.Locale;

/**
 * How a body may be compressed. Encodings that the Java platform can expand without third-party native libraries are
 * supported.
 */
enum ContentEncoding {
    IDENTITY,
    GZIP,
    DEFLATE;

    /**
     * @param header value of Content-Encoding, or null
     * @return the encoding
     * @throws RefusedRequestException 415 if the encoding is not supported, or there are several
     */
    static ContentEncoding of(String header) throws RefusedRequestException {
        String name = header == null ? "" : header.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default ->
                throw new RefusedRequestException(
                        ProblemCode.CONTENT_ENCODING_NOT_SUPPORTED,
                        "The content encoding must be gzip, deflate or identity.",
                        "Accept-Encoding",
                        "gzip, deflate");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
