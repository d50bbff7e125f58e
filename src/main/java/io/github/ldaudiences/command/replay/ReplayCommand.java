package io.github.ldaudiences.command.replay;

import io.github.ldaudiences.command.client.BundleAddress;
import io.github.ldaudiences.command.client.BundleClient;
import io.github.ldaudiences.command.client.Terminal;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.DeadLetterEndpoint;
import io.github.ldaudiences.deadletter.LetterLines;
import io.github.ldaudiences.deadletter.LetterSelection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code replay}: selects dead letters from files, and sends them to the running bundle again. */
@Command(
        name = "replay",
        description = "Sends dead letters to the running bundle again, which needs audiences.replay=on. Unless"
                + " --yes is given, it first prints which letters it would send, and asks.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every letter has been delivered or skipped; with --dry-run, there are some to send",
            "1:there are none, or some were rejected again or could not be sent",
            "2:options, configuration or files cannot be used, or the bundle cannot be asked"
        })
public final class ReplayCommand extends ConfiguredCommand {

    private static final int DONE = 0;
    private static final int NOT_DONE = 1;

    private final Terminal terminal;

    @Option(names = "--mapping", paramLabel = "<id>", description = "Only letters that this mapping rejected.")
    private String mapping;

    @Option(names = "--code", paramLabel = "<code>", description = "Only letters with this code (docs/errors.md).")
    private String code;

    @Option(
            names = "--text",
            paramLabel = "<text>",
            description = "Only letters that contain this text, in upper or lower case.")
    private String text;

    @Option(
            names = "--from",
            paramLabel = "<time>",
            description = "Only letters of this time or later: 2026-06-01T12:00:00Z, or 2026-06-01 for the start"
                    + " of that day in UTC.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "<time>",
            description = "Only letters of this time or earlier; a day means its end.")
    private String to;

    @Option(
            names = "--audience",
            paramLabel = "<id>",
            description = "Only letters of the audience with this Segment ID or key.")
    private String audience;

    @Option(names = "--id", paramLabel = "<id>", split = ",", description = "Only letters with these IDs.")
    private Set<String> ids;

    @Option(names = "--dry-run", description = "Print which letters would be sent, and send nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Send them without asking.")
    private boolean yes;

    @Option(
            names = "--force",
            description = "Also deliver letters for which a newer state may have been delivered since.")
    private boolean force;

    @Option(names = "--json", description = "Print what was sent, and the result, as a JSON object.")
    private boolean asJson;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            description = "Where the bundle listens, such as http://127.0.0.1:8080; default: where the configuration"
                    + " says.")
    private String url;

    @Parameters(
            paramLabel = "<file or folder>",
            arity = "0..*",
            description = "Files of dead letters, or folders of them; default: the folder of the configuration.")
    private List<Path> places = new ArrayList<>();

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param terminal asks the user
     * @param out where the letters sent are reported
     * @param err where problems are printed
     */
    public ReplayCommand(Supplier<Settings> configuration, Terminal terminal, PrintStream out, PrintStream err) {
        super(configuration, out, err);
        this.terminal = terminal;
    }

    /** @return 0 if every letter has been delivered or skipped, 1 if not */
    @Override
    protected int run() throws IOException, InterruptedException {
        Settings settings = settings();
        String bundle = (url == null ? BundleAddress.of(settings).url() : url).replaceFirst("/+$", "");
        LetterSelection selection = selection();
        SelectedLetters letters = new SelectedLetters(lines(settings), selection, Mappings.of(settings));
        if (letters.count() == 0) {
            err.println("Nothing was found" + letters.unreadable() + ".");
            return NOT_DONE;
        }
        PrintStream words = asJson ? err : out;
        ReplaySender sender = new ReplaySender(new BundleClient(settings), bundle, force, settings, words, err);
        if (!yes || dryRun) {
            words.print(letters);
        }
        boolean done;
        if (dryRun || !yes && !isConfirmed(letters.count(), bundle, words)) {
            done = dryRun || !terminal.isThere();
        } else {
            done = sender.send(letters);
            words.println(sender.summary(letters));
        }
        if (asJson) {
            out.println(sender.json(letters));
            out.flush();
        }
        return done ? DONE : NOT_DONE;
    }

    private LetterSelection selection() {
        try {
            return new LetterSelection(
                    ids, mapping, code, text, null, LetterSelection.from(from), LetterSelection.to(to), audience);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage());
        }
    }

    private LetterLines lines(Settings settings) throws IOException {
        if (!places.isEmpty()) {
            return new LetterLines(places);
        }
        String uri = settings.get(Catalogue.DEAD_LETTER_URI);
        if (!DeadLetterEndpoint.isFolder(uri)) {
            throw new IOException("Name the files of the dead letters: " + Catalogue.DEAD_LETTER_URI.key()
                    + " is not a folder whose files the bundle names.");
        }
        return new LetterLines(List.of(DeadLetterEndpoint.folder(uri)));
    }

    private boolean isConfirmed(long count, String bundle, PrintStream words) {
        if (!terminal.isThere()) {
            words.println("Nothing was sent: there is no terminal to ask on. To send them, add --yes.");
            return false;
        }
        String answer = terminal.ask("Send " + count + " letters to " + bundle + "? [y/N] ");
        return answer != null && answer.strip().matches("(?i)y|yes");
    }
}
