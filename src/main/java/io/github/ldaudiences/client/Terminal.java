package io.github.ldaudiences.client;

import java.io.Console;

/** Where a command was typed, if somebody looks at what it prints. */
public interface Terminal {

    /** @return whether somebody can be asked */
    boolean isThere();

    /**
     * @param question a question
     * @return the answer, or null if there is none
     */
    String ask(String question);

    /** @return that of this process */
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

    /** From Java 22 on there is a console without a terminal, too, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
