package io.github.ldaudiences.command.reporting;

/** Something that a command needs cannot be used. The message is a sentence that says what. */
public final class UnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param sentence what cannot be used, and what to do, without secrets */
    public UnusableException(String sentence) {
        super(sentence);
    }

    /**
     * @param url the address of a bundle
     * @param cause why it does not answer
     * @return an exception that says so
     */
    public static UnusableException notAsked(String url, Exception cause) {
        return new UnusableException(url + " cannot be asked: " + sentence(cause));
    }

    /**
     * @param e an exception
     * @return its message, or its name if it has none
     */
    public static String sentence(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
