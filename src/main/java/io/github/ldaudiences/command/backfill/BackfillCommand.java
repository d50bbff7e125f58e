package io.github.ldaudiences.command.backfill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.command.backfill.Place.Counts;
import io.github.ldaudiences.command.client.Terminal;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.command.reporting.NamedInput;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.file.FilePosition;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code backfill}: sends all events of files, and continues where it stopped when it is started again. */
@Command(
        name = "backfill",
        description = "Sends all events of files to LaunchDarkly, and ends. After an interruption, the same command"
                + " continues where it stopped.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every event is delivered, or skipped by all mappings",
            "1:events were rejected, or a file could not be read to its end; all else is delivered",
            "2:files, configuration or command line cannot be used, or the events are not accepted; the standard"
                    + " error says why",
            "130, 143:it was interrupted; the same command continues from there"
        })
public final class BackfillCommand extends ConfiguredCommand {

    private static final int SETTLED = 0;
    private static final int NOT_ALL = 1;
    private static final Duration ON_TERMINAL = Duration.ofSeconds(1);
    private static final Duration ELSEWHERE = Duration.ofSeconds(10);

    /** How long an interrupted process waits for events that it has sent, in addition to stopping the pipeline. */
    private static final long LEAVE_SECONDS = 10;

    private final InputStream in;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean interrupted;

    @Parameters(
            paramLabel = "<file>",
            arity = "1..*",
            description = "Files with an event on each line, plain or compressed with gzip; - for the standard input.")
    private List<String> files;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            description =
                    "Send them to a running bundle, at its /v1/events, instead of delivering them in this process.")
    private URI url;

    @Option(
            names = "--lines-per-request",
            paramLabel = "<n>",
            defaultValue = "500",
            description = "Maximum number of lines in one request with --url; default ${DEFAULT-VALUE}.")
    private int linesPerRequest;

    @Option(names = "--from-start", description = "Start from the first line, and not where an earlier run stopped.")
    private boolean fromStart;

    @Option(
            names = "--state-folder",
            paramLabel = "<folder>",
            description = "Folder for the files that record the progress, instead of beside each input file.")
    private Path stateFolder;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean asJson;

    /** A file, where its progress is saved, and the progress of an earlier run. */
    private record Plan(String file, PlaceFile placeFile, Place place) {}

    /** The result for one file. */
    private record Done(Place place, String damage) {}

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param in standard input
     * @param out where the summary is printed
     * @param err where progress and problems are printed
     */
    public BackfillCommand(Supplier<Settings> configuration, InputStream in, PrintStream out, PrintStream err) {
        super(configuration, out, err);
        this.in = in;
    }

    @Override
    public Integer call() {
        try {
            return super.call();
        } finally {
            ended.countDown();
        }
    }

    /** @return 0 if everything is delivered or skipped, 1 if something was rejected or unreadable */
    @Override
    protected int run() throws IOException {
        checkCommandLine();
        Settings settings = settings();
        try (Way way =
                url == null ? new OwnPipeline(settings) : new RunningBundleCalls(url, settings, linesPerRequest, err)) {
            List<Plan> plans = new ArrayList<>();
            for (String file : files) {
                plans.add(plan(file, way.target()));
            }
            return send(plans, way);
        }
    }

    private void checkCommandLine() throws IOException {
        for (String file : files) {
            if (file.equals(NamedInput.STANDARD_INPUT)) {
                continue;
            }
            Path path = Path.of(file);
            if (Files.notExists(path)) {
                throw new IOException("There is no file " + file + ".");
            }
            if (Files.isDirectory(path)) {
                throw new IOException(file + " is a folder. Name the files in it: " + file + "/*.ndjson.");
            }
            if (!Files.isReadable(path)) {
                throw new IOException(file + " cannot be read: this process does not have the permission.");
            }
        }
        if (linesPerRequest < 1) {
            throw new IOException("--lines-per-request=" + linesPerRequest + " is not allowed; allowed is 1 or more.");
        }
        if (url != null && (url.getScheme() == null || !url.getScheme().matches("https?") || url.getHost() == null)) {
            throw new IOException(
                    "--url=" + url + " is not allowed; allowed is http:// or https://, host, port and path,"
                            + " such as http://127.0.0.1:8080/v1/events.");
        }
        if (stateFolder != null && !Files.isDirectory(stateFolder)) {
            throw new IOException("There is no folder " + stateFolder + ".");
        }
    }

    private Plan plan(String file, String target) throws IOException {
        if (file.equals(NamedInput.STANDARD_INPUT) || target == null) {
            return new Plan(file, null, new Place(file, 0, 0, "", FilePosition.START, Counts.NONE, false));
        }
        Path path = Path.of(file);
        Place now = new Place(
                path.toRealPath().toString(),
                Files.size(path),
                Files.getLastModifiedTime(path).toMillis(),
                target,
                FilePosition.START,
                Counts.NONE,
                false);
        PlaceFile placeFile = new PlaceFile(path, stateFolder);
        Place earlier = fromStart ? null : earlier(placeFile);
        if (earlier != null) {
            String difference = difference(earlier, now);
            if (difference != null) {
                throw new IOException(file + " cannot be continued from line "
                        + earlier.settledTo().line()
                        + ": " + difference
                        + ". To send all of it, add --from-start.");
            }
            if (!earlier.complete() && earlier.counts().events() > 0) {
                err.println(
                        file + ": continuing from line " + earlier.settledTo().line() + ".");
            }
        }
        Place place = earlier == null ? now : earlier;
        try {
            placeFile.write(place);
        } catch (IOException e) {
            throw new IOException("The progress of " + file
                    + " cannot be written to " + placeFile.path()
                    + ": " + e
                    + ". Choose a writable folder with --state-folder.");
        }
        return new Plan(file, placeFile, place);
    }

    private static Place earlier(PlaceFile placeFile) throws IOException {
        try {
            return placeFile.read();
        } catch (IOException e) {
            throw new IOException(placeFile.path() + " cannot be read: " + e.getMessage()
                    + ". To send all of the file, add --from-start.");
        }
    }

    private static String difference(Place earlier, Place now) {
        if (!earlier.file().equals(now.file())) {
            return "the recorded progress is that of " + earlier.file();
        }
        if (earlier.size() != now.size() || earlier.modified() != now.modified()) {
            return "the file has changed since";
        }
        return earlier.target().equals(now.target()) ? null : "its earlier events went to " + earlier.target();
    }

    private int send(List<Plan> plans, Way way) throws IOException {
        if (way.target() == null) {
            err.println("No credentials are set: the events go to a sandbox, which ends with this command.");
        }
        Thread onInterrupt = new Thread(() -> leave(way), "backfill-interrupted");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        boolean terminal = Terminal.ofProcess().isThere() && !"dumb".equals(System.getenv("TERM"));
        List<Done> done = new ArrayList<>();
        Progress progress = new Progress(err, terminal, way, totalBytes(plans), terminal ? ON_TERMINAL : ELSEWHERE);
        try (progress) {
            for (Plan plan : plans) {
                send(plan, way, progress, done);
            }
        } catch (InterruptedException e) {
            // The process ends, and reports its progress.
        } finally {
            if (!done.isEmpty()) {
                summarize(done, plans.size(), progress, way);
            }
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
        boolean all = done.size() == plans.size()
                && done.stream().allMatch(file -> file.place().complete());
        return all && progress.counts().rejected() == 0 ? SETTLED : NOT_ALL;
    }

    private void send(Plan plan, Way way, Progress progress, List<Done> done) throws IOException, InterruptedException {
        if (plan.place().complete()) {
            err.println(plan.file() + " is settled already. To send it again, add --from-start.");
            progress.begin(plan.place().counts(), plan.place().size());
            progress.end(plan.place().size());
            done.add(new Done(plan.place(), null));
            return;
        }
        try (BackfillInput input = BackfillInput.open(plan.file(), in)) {
            Backfill backfill = new Backfill(input, plan.place(), plan.placeFile(), progress);
            try {
                backfill.send(way);
            } finally {
                done.add(new Done(backfill.place(), input.damage()));
            }
            if (input.damage() != null) {
                err.println(plan.file() + " cannot be read beyond line "
                        + backfill.place().settledTo().line() + ": " + input.damage()
                        + ". Everything before that is settled.");
            }
        }
    }

    private static long totalBytes(List<Plan> plans) {
        return plans.stream().mapToLong(plan -> plan.place().size()).sum();
    }

    /** On Ctrl-C or SIGTERM, ends what is in flight and has the summary printed. */
    private void leave(Way way) {
        interrupted = true;
        way.close();
        try {
            ended.await(LEAVE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void summarize(List<Done> done, int files, Progress progress, Way way) {
        Counts counts = progress.counts();
        boolean complete = done.size() == files
                && done.stream().allMatch(file -> file.place().complete());
        if (asJson) {
            out.println(json(done, complete, progress, way).toPrettyString());
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%s: %,d events in %s: %,d delivered, %,d skipped, %,d rejected; %,d requests.%s%s",
                    complete ? "Settled" : interrupted ? "Interrupted" : "Not all settled",
                    counts.events(),
                    Progress.text(progress.elapsed()),
                    counts.delivered(),
                    counts.skipped(),
                    counts.rejected(),
                    way.requests(),
                    counts.rejected() > 0 && url == null ? " The dead letter has the rejected ones, with reasons." : "",
                    interrupted && way.target() != null ? " The same command continues from there." : ""));
        }
        out.flush();
    }

    private static ObjectNode json(List<Done> done, boolean complete, Progress progress, Way way) {
        Counts counts = progress.counts();
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("complete", complete)
                .put("delivered", counts.delivered())
                .put("skipped", counts.skipped())
                .put("rejected", counts.rejected())
                .put("requests", way.requests())
                .put("seconds", progress.elapsed().toMillis() / 1000.0);
        ArrayNode files = json.putArray("files");
        for (Done one : done) {
            files.addObject()
                    .put("file", one.place().file())
                    .put("complete", one.place().complete())
                    .put("settledLines", one.place().settledTo().line() - 1)
                    .put("problem", one.damage());
        }
        return json;
    }
}
