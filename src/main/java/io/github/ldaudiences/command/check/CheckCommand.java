package io.github.ldaudiences.command.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.ConfigurationCheck;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code check}: reports the problems that a start with the configuration of the working folder would have.
 */
@Command(
        name = "check",
        description = "Checks the configuration of the working folder, and asks LaunchDarkly, Kafka and the membership"
                + " store whether they accept it. It starts nothing and sends no events.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is wrong",
            "1:a destination, Kafka or the store refuses access or does not answer; the standard error says why",
            "2:configuration or command line cannot be used; the standard error says why"
        })
public final class CheckCommand extends ConfiguredCommand {

    private static final int FINE = 0;
    private static final int NOT_ACCEPTED = 1;

    @Option(names = "--offline", description = "Check only the configuration, without connecting to anything.")
    private boolean offline;

    @Option(names = "--json", description = "Print what was found as JSON, problems included.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where successful checks are printed
     * @param err where problems are printed
     */
    public CheckCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(configuration, out, err);
    }

    /**
     * @return 0 if there are no problems, 1 if the bundle is not accepted somewhere, 2 if the configuration cannot be
     *     used
     */
    @Override
    protected int run() {
        // It is never started, so it need not be stopped.
        CamelContext context = new DefaultCamelContext();
        List<Finding> findings = new ArrayList<>();
        Settings settings = null;
        List<String> problems;
        try {
            settings = settings();
            problems = ConfigurationCheck.problems(context, settings);
        } catch (ConfigurationException e) {
            problems = e.problems();
        }
        findings.add(new Finding("configuration", "The configuration can be used.", problems));
        boolean usable = problems.isEmpty();
        if (usable && !offline) {
            findings.addAll(new Connections(context, settings).ask());
        }
        boolean fine = findings.stream().allMatch(Finding::isFine);
        if (asJson) {
            out.println(json(findings, fine).toPrettyString());
        } else {
            findings.forEach(this::print);
        }
        out.flush();
        return fine ? FINE : usable ? NOT_ACCEPTED : UNUSABLE;
    }

    private void print(Finding finding) {
        if (finding.isFine()) {
            out.println(finding.subject() + ": " + finding.fine());
        }
        finding.problems().forEach(problem -> err.println(finding.subject() + ": " + problem));
    }

    private static ObjectNode json(List<Finding> findings, boolean fine) {
        ObjectNode json = new ObjectMapper().createObjectNode().put("fine", fine);
        ArrayNode checks = json.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check =
                    checks.addObject().put("subject", finding.subject()).put("fine", finding.isFine());
            ArrayNode problems = check.putArray("problems");
            finding.problems().forEach(problems::add);
        }
        return json;
    }
}
