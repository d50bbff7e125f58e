package io.github.ldaudiences.mapping;

/** An event that a mapping cannot turn into a membership change. The message names the field and what was found. */
public final class UnmappableEventException extends Exception {

    private static final long serialVersionUID = 1L;

    UnmappableEventException(String reason) {
        super(reason, null, false, false);
    }
}
