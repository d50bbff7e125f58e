package io.github.ldaudiences.command.client;

import java.io.Console;

/** The terminal in which a command was typed, if a user sees its output. */
public interface Terminal {

    /** @return whether a user can be asked */
    boolean isThere();

    /**
     * @param question a question
     * @return the answer, or null if there is none
     */
    String ask(String question);

    /** @return the terminal of this process */
    static Terminal ofProcess() {
        return new Terminal() {

            @Override
            public boolean isThere() {
                return System.console() != null && isTerminal(System.console());
            }

            @Override
            public String ask(String question) {
                return System.console().readLine("%s", question);
            }
        };
    }

    /** From Java 22 on, there can be a console without a terminal, and a method that distinguishes them. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
