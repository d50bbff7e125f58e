package io.github.ldaudiences.command;

import io.github.ldaudiences.standalone.StandaloneMain;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.main.MainCommandLineSupport.Option;
import org.apache.camel.main.MainCommandLineSupport.ParameterOption;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code run}, with the options of Camel Main. */
@Command(
        name = RunCommand.NAME,
        description = "Starts the routes with the application.properties of the working folder, until the process is"
                + " stopped. This is what the program does without a command.",
        optionListHeading = "%nOptions of Camel Main:%n")
final class RunCommand implements Callable<Integer> {

    static final String NAME = "run";

    private final StandaloneMain main;
    private final PrintStream err;

    @Spec
    private CommandSpec spec;

    private RunCommand(StandaloneMain main, PrintStream err) {
        this.main = main;
        this.err = err;
    }

    static CommandLine line(PrintStream err) {
        StandaloneMain main = new StandaloneMain();
        CommandLine line = new CommandLine(new RunCommand(main, err));
        for (Option option : main.options()) {
            // Our own help also covers the other commands.
            if (!option.getFullName().equals("-help")) {
                line.getCommandSpec().addOption(optionOfCamel(option));
            }
        }
        return line;
    }

    private static OptionSpec optionOfCamel(Option option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.getAbbreviation(), option.getFullName())
                .description(option.getDescription());
        return option instanceof ParameterOption
                ? builder.type(String.class).paramLabel("<value>").build()
                : builder.type(boolean.class).build();
    }

    @Override
    public Integer call() {
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            arguments.add(option.longestName());
            if (option.getValue() instanceof String value) {
                arguments.add(value);
            }
        }
        try {
            main.parseArguments(arguments.toArray(String[]::new));
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), "A number is needed: " + e.getMessage() + ".", e);
        }
        return main.runToEnd(err);
    }
}
