package io.github.ldaudiences.outbound;

import java.io.IOException;

/** A request was not sent, because there is no way through the proxy. */
public final class ProxyException extends IOException {

    private static final long serialVersionUID = 1L;

    ProxyException(String sentence) {
        super(sentence);
    }

    ProxyException(String sentence, Exception cause) {
        super(sentence, cause);
    }
}
