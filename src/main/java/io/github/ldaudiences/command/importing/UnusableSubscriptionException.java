package io.github.ldaudiences.command.importing;

/** The input has no Segment subscription. The message says what was found, and what was expected. */
final class UnusableSubscriptionException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableSubscriptionException(String message) {
        super(message);
    }
}
