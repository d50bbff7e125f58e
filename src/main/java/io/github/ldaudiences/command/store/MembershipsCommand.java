package io.github.ldaudiences.command.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.memberships.StateJson;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoreReader;
import java.io.PrintStream;
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
public final class MembershipsCommand extends StoreCommand {

    private static final int FOUND = 0;
    private static final int NOTHING = 1;
    private static final int PAGE = 1000;

    @Option(
            names = "--context-key",
            paramLabel = "<key>",
            description = "Only the person with this LaunchDarkly context key.")
    private String contextKey;

    @Option(names = "--json", description = "Print a JSON object on each line.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where the states are printed
     * @param err where problems with options, configuration or store are printed
     */
    public MembershipsCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(configuration, out, err);
    }

    @Override
    protected int run() {
        Settings settings = settings();
        StateQuery query = query(contextKey);
        if (contextKey == null && query.audienceId() == null) {
            throw unusable("--context-key=<key> of a person or --audience=<id> is required, or both.");
        }
        StateJson json = new StateJson(destinations(settings));
        try (StoreReader store = ConfiguredStore.toRead(settings)) {
            return print(store, query, json);
        } catch (StoreAwayException e) {
            throw new UnusableException(e.getMessage() + ".");
        }
    }

    private int print(StoreReader store, StateQuery query, StateJson json) throws StoreAwayException {
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
}
