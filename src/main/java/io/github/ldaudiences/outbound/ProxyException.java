package io.github.ldaudiences.outbound;

import java.io.IOException;

/** A request was not sent, because the proxy could not be passed. */
public final class ProxyException extends IOException {

    private static final long serialVersionUID = 1L;

    ProxyException(String sentence) {
        super(sentence);
    }

    ProxyException(String sentence, Exception cause) {
        super(sentence, cause);
    }
}
