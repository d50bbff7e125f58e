package io.github.ldaudiences.importing;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command {@code import-mapping}: prints the properties for Segment subscriptions, and what they cannot say. */
public final class ImportMapping {

    /** What the command is called. */
    public static final String NAME = "import-mapping";

    private static final int ALL_CARRIED_OVER = 0;
    private static final int SOME_NOT_CARRIED_OVER = 1;
    private static final int UNUSABLE = 2;

    private ImportMapping() {}

    /**
     * @param arguments the name of a file, or none or {@code -} for the standard input
     * @param in the standard input
     * @param out where the properties go
     * @param err where it is said what is not carried over
     * @return the exit code: 0 if everything is carried over, 1 if something is not, 2 if the input is unusable
     */
    public static int run(List<String> arguments, InputStream in, PrintStream out, PrintStream err) {
        if (arguments.size() > 1) {
            err.println("Usage: " + NAME + " [file]   (without a file, or with -, reads the standard input)");
            return UNUSABLE;
        }
        try {
            String text = arguments.isEmpty() || "-".equals(arguments.get(0))
                    ? new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(arguments.get(0)));
            return print(SubscriptionReader.read(text), out, err);
        } catch (UnusableSubscriptionException e) {
            err.println(e.getMessage());
        } catch (IOException e) {
            err.println("The input cannot be read: " + e);
        }
        return UNUSABLE;
    }

    private static int print(List<Subscription> subscriptions, PrintStream out, PrintStream err) {
        MappingIds ids = new MappingIds();
        int result = ALL_CARRIED_OVER;
        String between = "";
        for (Subscription subscription : subscriptions) {
            ImportedMapping mapping = SubscriptionTranslator.translate(subscription, ids.of(subscription.name()));
            out.print(between + PropertiesPrinter.print(mapping));
            between = "\n";
            for (String problem : mapping.problems()) {
                err.println(mapping.id() + ": " + problem);
                result = SOME_NOT_CARRIED_OVER;
            }
        }
        out.flush();
        return result;
    }
}
