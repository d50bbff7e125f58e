package io.github.ldaudiences.command.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.BatchLimits;
import io.github.ldaudiences.batch.EarlierStates;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.command.reporting.NamedInput;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;
import io.github.ldaudiences.explain.Explainer;
import io.github.ldaudiences.explain.ExplanationText;
import io.github.ldaudiences.explain.MappingStatus;
import io.github.ldaudiences.explain.Outcome;
import io.github.ldaudiences.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code explain}: explains what would happen to the events in a file or in the standard input with the
 * configuration of the working folder. It starts no route and connects to nothing.
 */
@Command(
        name = "explain",
        description = "Says what would become of events, and why. It sends nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:each event is delivered by a mapping, or skipped by all",
            "1:an event is rejected",
            "2:input or configuration cannot be used; the standard error says why"
        })
public final class ExplainCommand extends ConfiguredCommand {

    private static final int FINE = 0;
    private static final int REJECTED = 1;

    private final InputStream in;

    @Option(names = "--json", description = "Print the explanation as JSON.")
    private boolean asJson;

    @Option(
            names = "--lines",
            description = "Read one event from each line. This is the default for files *.ndjson and *.jsonl.")
    private boolean lines;

    @Parameters(paramLabel = "<file>", description = "File with events; - for the standard input.")
    private String file;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param in standard input
     * @param out where the explanation is printed
     * @param err where problems with input or configuration are printed
     */
    public ExplainCommand(Supplier<Settings> configuration, InputStream in, PrintStream out, PrintStream err) {
        super(configuration, out, err);
        this.in = in;
    }

    /** @return 0 if no event is rejected, 1 if one is */
    @Override
    protected int run() throws IOException {
        Settings settings = settings();
        Explainer explainer = explainer(settings);
        ReadEvents read = read(NamedInput.read(file, in), lines || file.matches(".*\\.(ndjson|jsonl)"), settings);
        ObjectNode explanation = explainer.explain(read.events(), read.unreadable());
        out.print(asJson ? json(explanation) : ExplanationText.of(explanation));
        out.flush();
        boolean rejected = false;
        for (var event : explanation.path("events")) {
            rejected |= Outcome.REJECTED.isOf(event);
        }
        return rejected ? REJECTED : FINE;
    }

    private static Explainer explainer(Settings settings) {
        Destinations configured = new Destinations(settings);
        // No batch is under way, and nothing has been delivered.
        BatchLimits limits = BatchLimits.of(
                Math.toIntExact(settings.get(Catalogue.BATCH_MAX_MEMBERS)), settings.get(Catalogue.BATCH_MAX_BYTES));
        AudienceLanes lanes = new AudienceLanes(limits);
        NewestStates newestStates = new NewestStates(0, 0, EarlierStates.NONE);
        return Explainer.of(
                settings,
                Mappings.of(settings),
                configured.sandboxed()
                        // The sandbox is not started, so it has neither an address nor a token.
                        ? configured.ofSandbox(
                                "http://127.0.0.1:" + settings.get(Catalogue.SANDBOX_PORT), new Secret(""))
                        : configured.ofLaunchDarkly(),
                configured.sandboxed(),
                new BatchByAudience(lanes, newestStates, limits),
                new RecallStates(newestStates, EarlierStates.NONE),
                new SettleRepeats(lanes, newestStates, false, false),
                mapping ->
                        settings.get(Catalogue.MAPPING_ENABLED, mapping.id()) ? MappingStatus.ON : MappingStatus.OFF);
    }

    private static ReadEvents read(byte[] content, boolean lines, Settings settings) {
        EventReader reader = new EventReader(new EventLimits(
                Math.toIntExact(settings.get(Catalogue.HTTP_MAX_EVENTS)),
                Math.toIntExact(settings.get(Catalogue.EVENT_MAX_BYTES)),
                Math.toIntExact(settings.get(Catalogue.EVENT_MAX_DEPTH))));
        // Events must have a receipt, although no source waits for this one.
        Receipt receipt = new Receipt(new Backlog(Long.MAX_VALUE, Long.MAX_VALUE), Duration.ofDays(1));
        try {
            return lines
                    ? reader.readLines(content, receipt, (body, from) -> Map.of())
                    : reader.readJson(content, receipt, (body, from) -> Map.of());
        } catch (UnreadableBodyException | TooManyEventsException e) {
            throw new UnusableException(e.getMessage());
        }
    }

    private static String json(ObjectNode explanation) throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(explanation)
                + System.lineSeparator();
    }
}
