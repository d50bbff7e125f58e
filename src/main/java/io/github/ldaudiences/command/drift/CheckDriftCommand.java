package io.github.ldaudiences.command.drift;

import io.github.ldaudiences.command.store.ConfiguredStore;
import io.github.ldaudiences.command.store.StoreCommand;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.sandbox.Sandbox;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoreReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code check-drift}: compares a sample of the membership store with what LaunchDarkly has. */
@Command(
        name = "check-drift",
        description = "Asks LaunchDarkly for a sample of the people in the membership store, and prints who is in"
                + " its segments but should not be, and who should be but is not. It changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing differs",
            "1:something differs",
            "2:options or configuration cannot be used, LaunchDarkly refuses the token, or nothing could be compared; the"
                    + " standard error says why",
            "3:LaunchDarkly or the store could not be asked; try again later"
        })
public final class CheckDriftCommand extends StoreCommand {

    private static final int SAME = 0;
    private static final int DIFFERENT = 1;
    private static final int NOT_ASKED = 3;

    @Option(
            names = "--project",
            paramLabel = "<key>",
            description = "LaunchDarkly's key of the project that the destination's environment is in.")
    private String project;

    @Option(
            names = "--environment",
            paramLabel = "<key>",
            description = "LaunchDarkly's key of the destination's environment.")
    private String environment;

    @Option(
            names = "--segment",
            paramLabel = "<audience id>=<segment key>",
            description =
                    "The key of an audience's segment, if the segment cannot be found by the audience's ID or name.")
    private Map<String, String> segments = new LinkedHashMap<>();

    @Option(
            names = "--sample",
            paramLabel = "<n>",
            defaultValue = "200",
            description = "How many people of each audience to compare, chosen at random: 1 to 100000; default 200.")
    private int sample;

    @Option(
            names = "--min-age-seconds",
            paramLabel = "<n>",
            defaultValue = "60",
            description = "Compare only states that were delivered at least this many seconds ago: 0 to 604800;"
                    + " default 60.")
    private int minAgeSeconds;

    @Option(names = "--json", description = "Print a JSON object for each audience, each on a line.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where the differences are printed
     * @param err where it is printed what cannot be compared
     */
    public CheckDriftCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(configuration, out, err);
    }

    @Override
    protected int run() {
        Settings settings = settings();
        checkRange("--sample", sample, 1, 100_000);
        checkRange("--min-age-seconds", minAgeSeconds, 0, 604_800);
        Destination destination = destination(settings);
        if (new Destinations(settings).sandboxed()) {
            project = project == null ? Sandbox.PROJECT : project;
            environment = environment == null ? destination.clientSideId() : environment;
        }
        if (project == null || environment == null) {
            throw unusable("--project=<key> and --environment=<key> are required: LaunchDarkly's keys of the"
                    + " environment with the client-side ID " + destination.clientSideId()
                    + ".");
        }
        try (StoreReader store = ConfiguredStore.toRead(settings);
                LaunchDarklyApi api = new LaunchDarklyApi(destination, settings)) {
            return compare(destination, store, new LaunchDarklySegments(api, project, environment));
        } catch (NotAnsweredException e) {
            err.println("LaunchDarkly cannot be asked. " + e.getMessage());
            return e.isRefused() ? UNUSABLE : NOT_ASKED;
        } catch (StoreAwayException e) {
            err.println(e.getMessage() + ".");
            return NOT_ASKED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NOT_ASKED;
        }
    }

    private void checkRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw unusable(option + "=" + value + " is not allowed; allowed is " + least + " to " + most + ".");
        }
    }

    /** Returns the destination that the options name, or the only one. */
    private Destination destination(Settings settings) {
        List<Destination> all = destinations(settings);
        String named = query(null).destination();
        List<Destination> wanted = all.stream()
                .filter(each -> named == null || each.id().equals(named))
                .toList();
        if (wanted.size() > 1) {
            throw unusable("--destination=<id> is required, with one of "
                    + all.stream().map(Destination::id).collect(Collectors.joining(", ")) + ".");
        }
        return wanted.get(0);
    }

    private int compare(Destination destination, StoreReader store, LaunchDarklySegments launchDarkly)
            throws NotAnsweredException, StoreAwayException, InterruptedException {
        checkEnvironment(destination, launchDarkly.clientSideId());
        DriftCheck check = new DriftCheck(store, launchDarkly, new SegmentOfAudience(launchDarkly.all(), segments));
        StateQuery options = query(null);
        StateQuery ofDestination = new StateQuery(options.audienceId(), null, options.contextKind(), destination.id());
        long until = System.currentTimeMillis() - TimeUnit.SECONDS.toMillis(minAgeSeconds);
        List<AudienceDrift> found = new ArrayList<>();
        for (Audience audience : store.audiences(ofDestination)) {
            AudienceDrift drift = check.of(audience, until, sample);
            if (drift != null) {
                out.println(asJson ? DriftReport.json(drift) : DriftReport.text(drift));
                found.add(drift);
            }
        }
        out.flush();
        return exitCode(found);
    }

    /** Everything would differ if the keys were those of another environment. */
    private void checkEnvironment(Destination destination, String clientSideId) {
        if (clientSideId == null) {
            throw unusable("LaunchDarkly has no project " + project + " with an environment " + environment
                    + " that the token of the destination " + destination.id() + " may see.");
        }
        if (!clientSideId.equals(destination.clientSideId())) {
            throw unusable("The environment " + environment + " of the project " + project
                    + " is not the one of the destination " + destination.id() + ": its client-side ID is "
                    + clientSideId + ", and not " + destination.clientSideId() + ".");
        }
    }

    private int exitCode(List<AudienceDrift> found) {
        if (found.stream().anyMatch(AudienceDrift::isDrift)) {
            return DIFFERENT;
        }
        if (found.isEmpty()) {
            err.println("Nothing was compared: the store has no matching states that are older than " + minAgeSeconds
                    + " seconds.");
        }
        return found.isEmpty() || found.stream().anyMatch(AudienceDrift::isUndecided) ? UNUSABLE : SAME;
    }
}
