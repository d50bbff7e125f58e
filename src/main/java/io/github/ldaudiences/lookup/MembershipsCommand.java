package io.github.ldaudiences.lookup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.destination.Secret;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoreOpening;
import io.github.ldaudiences.store.StoreReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code memberships}: prints the states of a person or an audience, beside a bundle that may be running. */
@Command(
        name = "memberships",
        description = "Prints who is in which audience since when, from the membership store. It changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:something was found",
            "1:nothing was found",
            "2:options, configuration or store cannot be used; the standard error says why"
        })
public final class MembershipsCommand implements Callable<Integer> {

    private static final int FOUND = 0;
    private static final int NOTHING = 1;
    private static final int UNUSABLE = 2;
    private static final int PAGE = 1000;

    private final Supplier<Settings> configuration;
    private final PrintStream out;
    private final PrintStream err;

    @Option(names = "--context-key", paramLabel = "<key>", description = "Of this person, as LaunchDarkly knows them.")
    private String contextKey;

    @Option(names = "--audience", paramLabel = "<id>", description = "Of the audience with this Segment id.")
    private String audience;

    @Option(names = "--context-kind", paramLabel = "<kind>", description = "Of this context kind only.")
    private String contextKind;

    @Option(names = "--destination", paramLabel = "<id>", description = "Of this destination only.")
    private String destination;

    @Option(names = "--json", description = "Print a JSON object on each line.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where the states go
     * @param err where it is said what is wrong with options, configuration or store
     */
    public MembershipsCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        this.configuration = configuration;
        this.out = out;
        this.err = err;
    }

    /** @return 0 if something was found, 1 if nothing was, 2 if options, configuration or store cannot be used */
    @Override
    public Integer call() {
        if (contextKey == null && audience == null) {
            err.println("Needed is --context-key=<key> of a person or --audience=<id>, or both.");
            return UNUSABLE;
        }
        try {
            Settings settings = configuration.get();
            Destinations configured = new Destinations(settings);
            StateJson json = new StateJson(
                    configured.sandboxed() ? configured.ofSandbox("", new Secret("")) : configured.ofLaunchDarkly());
            if (destination != null && !json.destinations().contains(destination)) {
                err.println("There is no destination " + destination + ". Destinations: "
                        + String.join(", ", json.destinations()) + ".");
                return UNUSABLE;
            }
            try (StoreReader store = open(settings)) {
                return print(store, json);
            }
        } catch (StoreAwayException e) {
            err.println(e.getMessage() + ".");
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
        }
        return UNUSABLE;
    }

    private int print(StoreReader store, StateJson json) throws StoreAwayException {
        StateQuery query = new StateQuery(audience, contextKey, contextKind, destination);
        StateCursor after = null;
        boolean found = false;
        do {
            StatePage page = store.page(query, after, PAGE);
            page.states().forEach(state -> out.println(asJson ? json.of(state) : line(json.of(state))));
            found |= !page.states().isEmpty();
            after = page.next();
        } while (after != null && !out.checkError());
        out.flush();
        if (!found) {
            err.println("Nothing was found.");
        }
        return found ? FOUND : NOTHING;
    }

    private static String line(ObjectNode state) {
        return text(state, "contextKind") + " " + text(state, "contextKey")
                + (state.path("member").booleanValue() ? " is in " : " is not in ") + text(state, "audienceKey") + " ("
                + text(state, "audienceId") + ") since " + text(state, "since") + ", by " + text(state, "messageId")
                + " of " + text(state, "eventTime") + ", delivered " + text(state, "deliveredAt") + " to "
                + text(state, "destination") + " (" + text(state, "environmentId") + ")";
    }

    private static String text(ObjectNode state, String name) {
        return state.path(name).isNull() ? "unknown" : state.path(name).asText();
    }

    private static StoreReader open(Settings settings) {
        String kind = settings.get(Catalogue.STORE);
        if (kind.equals("memory")) {
            throw new ConfigurationException(
                    "There is no store to look into: " + Catalogue.STORE.key()
                            + "=memory keeps states in the process of the bundle alone. Kept beyond it are those of file and jdbc.");
        }
        boolean jdbc = kind.equals("jdbc");
        Property<String> place = jdbc ? Catalogue.STORE_URL : Catalogue.STORE_FILE;
        long timeoutMs = settings.get(Catalogue.STORE_TIMEOUT_MS);
        try {
            return jdbc
                    ? StoreOpening.toRead(
                            settings.get(Catalogue.STORE_URL),
                            settings.get(Catalogue.STORE_USER),
                            settings.get(Catalogue.STORE_PASSWORD),
                            timeoutMs)
                    : StoreOpening.toRead(Path.of(settings.get(Catalogue.STORE_FILE)), timeoutMs);
        } catch (StoreOpening.StoreException e) {
            throw new ConfigurationException(
                    place.key() + "=" + settings.get(place) + " is not allowed; allowed is " + e.getMessage() + ".");
        }
    }
}
