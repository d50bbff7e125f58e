package io.github.ldaudiences.command.drift;

/** LaunchDarkly did not answer a request. The message is a sentence without secrets. */
final class NotAnsweredException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean refused;

    /**
     * @param message the reason
     * @param refused whether the token or the configuration must be fixed first, so that a retry would not help
     */
    NotAnsweredException(String message, boolean refused) {
        super(message, null, false, false);
        this.refused = refused;
    }

    boolean isRefused() {
        return refused;
    }
}
