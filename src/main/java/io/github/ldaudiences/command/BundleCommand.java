package io.github.ldaudiences.command;

import io.github.ldaudiences.command.backfill.BackfillCommand;
import io.github.ldaudiences.command.check.CheckCommand;
import io.github.ldaudiences.command.client.Terminal;
import io.github.ldaudiences.command.drift.CheckDriftCommand;
import io.github.ldaudiences.command.explain.ExplainCommand;
import io.github.ldaudiences.command.importing.ImportMapping;
import io.github.ldaudiences.command.replay.ReplayCommand;
import io.github.ldaudiences.command.status.StatusCommand;
import io.github.ldaudiences.command.store.MembershipsCommand;
import io.github.ldaudiences.command.store.ResyncCommand;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.config.Suggestion;
import io.github.ldaudiences.standalone.ConfigurationFiles;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.main.MainHelper;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the bundle. Each command is a separate class. */
@Command(
        name = "java -jar launchdarkly-audiences-camel-*.jar",
        description =
                "Copies Segment Engage audience membership into LaunchDarkly segments. Without a command it runs.",
        synopsisSubcommandLabel = "[<command>]",
        commandListHeading = "%nCommands:%n",
        footer = {
            "%nWithout a command, or with run, application.properties and routes/ are read from the working folder.",
            "docs/configuration.md lists the properties. Environment variables to begin with:",
            "  LAUNCHDARKLY_SERVICE_TOKEN    service token; without credentials events go to a sandbox",
            "  LAUNCHDARKLY_CLIENT_SIDE_ID   client-side ID of the LaunchDarkly environment",
            "  AUDIENCES_INBOUND             where events come from: http, kafka, file, uri, or several",
            "  HTTP_HOST, HTTP_PORT          where the HTTP inbound listens: 127.0.0.1, 8080",
            "  KAFKA_BROKERS, KAFKA_TOPIC    Kafka: localhost:9092, audience-events",
            "  MANAGEMENT_PORT               port of health and metrics: 9876",
            "  CAMEL_MAIN_PROFILE            name of a profile: application-<profile>.properties is read, too",
            "%nExit code 2: the command line or the configuration cannot be used; the standard error says why."
        })
public final class BundleCommand {

    private BundleCommand() {}

    /**
     * Executes a command with the standard input and output of the process.
     *
     * @param args the arguments of the process
     * @return the exit code
     */
    public static int execute(String... args) {
        if (args.length > 0 && !args[0].startsWith("-") && !args[0].equals(RunCommand.NAME)) {
            // Before the first logger is created, because log4j2.properties refers to these.
            System.setProperty("audiences-log.target", "SYSTEM_ERR");
            System.setProperty("audiences-log.level", "warn");
            // The command reports in a sentence what libraries would log with a stack trace.
            System.setProperty("audiences-log.libraries", "off");
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        return execute(System.in, out, System.err, args);
    }

    static int execute(InputStream in, PrintStream out, PrintStream err, String... args) {
        CommandLine line = line(in, out, err);
        return line.execute(withCommand(line, args));
    }

    static CommandLine line(InputStream in, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new BundleCommand())
                .addSubcommand(RunCommand.line(err))
                .addSubcommand(new CheckCommand(ConfigurationFiles::settings, out, err))
                .addSubcommand(new BackfillCommand(ConfigurationFiles::settings, in, out, err))
                .addSubcommand(new ExplainCommand(ConfigurationFiles::settings, in, out, err))
                .addSubcommand(new MembershipsCommand(ConfigurationFiles::settings, out, err))
                .addSubcommand(new ResyncCommand(ConfigurationFiles::settings, out, err))
                .addSubcommand(new CheckDriftCommand(ConfigurationFiles::settings, out, err))
                .addSubcommand(
                        new StatusCommand(ConfigurationFiles::settings, ConfigurationFiles::managementUrl, out, err))
                .addSubcommand(new ReplayCommand(ConfigurationFiles::settings, Terminal.ofProcess(), out, err))
                .addSubcommand(new ImportMapping(in, out, err));
        addStandardOptions(line);
        line.getSubcommands().values().forEach(BundleCommand::addStandardOptions);
        return line
                // After the others, because it has its own help options.
                .addSubcommand(new HelpCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                // -durration is a mistake and not -d with a value.
                .setPosixClusteredShortOptionsAllowed(false)
                .setParameterExceptionHandler(BundleCommand::refuse);
    }

    private static void addStandardOptions(CommandLine line) {
        line.addMixin("standard", new StandardOptions())
                .getCommandSpec()
                .versionProvider(new Version())
                .usageMessage()
                .width(100);
    }

    /** Adds the command run if there is none; its options may be given without it. */
    private static String[] withCommand(CommandLine line, String[] args) {
        List<String> all = new ArrayList<>(List.of(args));
        if (args.length == 0
                || args[0].startsWith("-")
                        && !line.getCommandSpec().optionsMap().containsKey(args[0])) {
            all.add(0, RunCommand.NAME);
        }
        return all.toArray(String[]::new);
    }

    private static int refuse(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(e instanceof UnmatchedArgumentException unmatched ? sentence(unmatched) : e.getMessage());
        line.getErr().println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static String sentence(UnmatchedArgumentException e) {
        // The part after = may be a secret.
        String argument = e.getUnmatched().get(0).replaceFirst("=.*", "");
        CommandLine line = e.getCommandLine();
        if (argument.startsWith("-D") || argument.startsWith(Settings.PREFIX)) {
            return "Properties must be set before -jar: java -D" + argument.replaceFirst("^-D", "")
                    + "=<value> -jar ...";
        }
        if (e.isUnknownOption()) {
            return "There is no option " + argument + "."
                    + Suggestion.of(argument, line.getCommandSpec().optionsMap().keySet());
        }
        Set<String> commands = line.getSubcommands().keySet();
        return commands.isEmpty()
                ? "There is no argument " + argument + "."
                : "There is no command " + argument + "." + Suggestion.of(argument, commands) + " Commands: "
                        + String.join(", ", commands) + ".";
    }

    /** The options of every command. */
    private static final class StandardOptions {

        @Option(
                names = {"-h", "-help", "--help"},
                usageHelp = true,
                description = "Print this help.")
        private boolean help;

        @Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Print the versions of the bundle and of Camel.")
        private boolean version;
    }

    /** The versions of the bundle and of Camel. */
    private static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String bundle = BundleCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "LaunchDarkly Audiences for Apache Camel " + (bundle == null ? "(not packaged)" : bundle),
                "Apache Camel " + new MainHelper().getVersion()
            };
        }
    }
}
