package io.github.ldaudiences.fql;

/** A trigger expression is not valid FQL. The message names the position and what was expected there. */
public final class FqlSyntaxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    FqlSyntaxException(String expression, int position, String expected, String found) {
        super("FQL: expected " + expected + " at position " + (position + 1) + ", found " + found + ", in: "
                + expression);
    }
}
