package io.github.ldaudiences.deadletter;

/** A line is no dead letter. The message says what is wrong with it. */
final class NoDeadLetterException extends Exception {

    private static final long serialVersionUID = 1L;

    NoDeadLetterException(String problem) {
        super("The line is no dead letter: " + problem, null, false, false);
    }
}
