package io.github.ldaudiences.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The input while a part of a response is incomplete: the end of the stream is then a failure. */
final class UnfinishedInput extends FilterInputStream {

    private final String part;

    /** @param part the part of the response, head or body */
    UnfinishedInput(InputStream in, String part) {
        super(in);
        this.part = part;
    }

    @Override
    public int read() throws IOException {
        return goesOn(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return goesOn(super.read(bytes, offset, length));
    }

    private int goesOn(int read) throws IncompleteAnswerException {
        if (read < 0) {
            throw new IncompleteAnswerException("the connection was closed before the end of its " + part);
        }
        return read;
    }
}
