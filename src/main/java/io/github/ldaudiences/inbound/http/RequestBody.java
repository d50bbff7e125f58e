package io.github.ldaudiences.inbound.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;

/** Reads the bytes of a request's body. */
public final class RequestBody {

    private RequestBody() {}

    /**
     * Reads the body, and replaces it with the bytes, because a stream can be read only once.
     *
     * @param message the request
     * @return the bytes as they were sent; none if there is no body
     */
    public static byte[] of(Message message) {
        byte[] bytes;
        if (message.getBody() instanceof StreamCache cache && cache instanceof InputStream in && cache.length() > 0) {
            bytes = read(in, (int) cache.length());
        } else {
            bytes = message.getBody(byte[].class);
        }
        byte[] body = bytes == null ? new byte[0] : bytes;
        message.setBody(body);
        return body;
    }

    /** Camel's own converter does not ask for the length, and copies a body three times into growing arrays. */
    private static byte[] read(InputStream in, int length) {
        byte[] bytes = new byte[length];
        try {
            if (in.readNBytes(bytes, 0, length) < length) {
                throw new IllegalStateException("The body is shorter than announced.");
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // the stream is in memory
        }
        return bytes;
    }
}
