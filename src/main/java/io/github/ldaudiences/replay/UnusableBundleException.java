package io.github.ldaudiences.replay;

import java.io.IOException;

/** The bundle cannot be asked, or refuses whatever is sent. */
final class UnusableBundleException extends IOException {

    private static final long serialVersionUID = 1L;

    UnusableBundleException(String message) {
        super(message);
    }
}
