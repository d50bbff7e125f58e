package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.explain.ExplainCommand;
import io.github.ldaudiences.importing.ImportMapping;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/** Starts the bundle standalone, on Camel Main, in whose context {@link AudiencesPlugin} installs it. */
public final class AudiencesMain {

    private static final String PROPERTIES = "file:application.properties;optional=true";

    private AudiencesMain() {}

    /**
     * Runs until the process is told to stop, or carries out a command and ends.
     *
     * @param args the name of a command and what it takes, or as Camel Main takes them
     * @throws Exception if it cannot start
     */
    public static void main(String[] args) throws Exception {
        // Before Camel Main, which would take a command for a parameter of its own.
        String command = args.length == 0 ? "" : args[0];
        if (command.equals(ImportMapping.NAME) || command.equals(ExplainCommand.NAME)) {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
            List<String> arguments = List.of(args).subList(1, args.length);
            System.exit(
                    command.equals(ImportMapping.NAME)
                            ? ImportMapping.run(arguments, System.in, out, System.err)
                            : new ExplainCommand(propertiesLocation(), System.in, out, System.err).run(arguments));
        }
        try {
            int exitCode = create().run(args);
            if (exitCode != 0) {
                System.exit(exitCode);
            }
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** @return Camel Main with the bundle's properties, not yet started */
    static Main create() {
        Main main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                // Camel looks for plugins with the JVM's own loader otherwise, which is Maven's in camel:run.
                context.setApplicationContextClassLoader(AudiencesMain.class.getClassLoader());
                return context;
            }
        };
        main.setDefaultPropertyPlaceholderLocation(propertiesLocation());
        return main;
    }

    private static String propertiesLocation() {
        String profile = System.getProperty("camel.main.profile", System.getenv("CAMEL_MAIN_PROFILE"));
        return profile == null ? PROPERTIES : "file:application-" + profile + ".properties;optional=true," + PROPERTIES;
    }
}
