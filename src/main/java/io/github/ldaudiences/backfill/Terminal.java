package io.github.ldaudiences.backfill;

import java.io.Console;

/** Whether somebody looks at what is printed while it is printed. */
final class Terminal {

    private Terminal() {}

    /** @return whether standard input and output are a terminal that can do more than print lines */
    static boolean isThere() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // From Java 22 on there is a console without a terminal, too.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
