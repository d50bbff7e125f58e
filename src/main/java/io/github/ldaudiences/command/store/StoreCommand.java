package io.github.ldaudiences.command.store;

import io.github.ldaudiences.command.client.BundleAddress;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.secret.Secret;
import io.github.ldaudiences.store.StateQuery;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The common part of the commands about the membership store: options that select states. */
public abstract class StoreCommand extends ConfiguredCommand {

    @Spec
    private CommandSpec spec;

    @Option(names = "--audience", paramLabel = "<id>", description = "Only the audience with this Segment ID.")
    private String audience;

    @Option(names = "--context-kind", paramLabel = "<kind>", description = "Only this context kind.")
    private String contextKind;

    @Option(names = "--destination", paramLabel = "<id>", description = "Only this destination.")
    private String destination;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where results are printed
     * @param err where problems are printed
     */
    protected StoreCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(configuration, out, err);
    }

    /**
     * @param sentence why the options cannot be used
     * @return an exception with that sentence and a hint to the help
     */
    protected final ParameterException unusable(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /**
     * @param contextKey a person, or null for everybody
     * @return a query for the states that the options select
     */
    protected final StateQuery query(String contextKey) {
        return new StateQuery(audience, contextKey, contextKind, destination);
    }

    /**
     * @param settings the configuration
     * @return the configured destinations; those of the embedded sandbox are reached through the running bundle
     * @throws ParameterException if the options name another destination
     */
    protected final List<Destination> destinations(Settings settings) {
        Destinations configured = new Destinations(settings);
        BundleAddress bundle = BundleAddress.of(settings);
        Secret authorization = new Secret(bundle.headers().getOrDefault("Authorization", ""));
        List<Destination> all = configured.sandboxed()
                ? configured.ofSandbox(bundle.url() + "/sandbox", authorization)
                : configured.ofLaunchDarkly();
        if (destination != null && all.stream().noneMatch(each -> each.id().equals(destination))) {
            throw unusable("There is no destination " + destination + ". Destinations: "
                    + all.stream().map(Destination::id).collect(Collectors.joining(", ")) + ".");
        }
        return all;
    }
}
