package io.github.ldaudiences.command.replay;

import java.io.IOException;

/** The bundle cannot be reached, or refuses every request. */
final class UnusableBundleException extends IOException {

    private static final long serialVersionUID = 1L;

    UnusableBundleException(String message) {
        super(message);
    }
}
