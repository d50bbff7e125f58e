package io.github.ldaudiences.command.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.command.client.BundleClient;
import io.github.ldaudiences.command.reporting.ConfiguredCommand;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code status}: prints the state of a running bundle. */
@Command(
        name = "status",
        description = "Prints what the running bundle is doing. It changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the bundle runs, and nothing needs attention",
            "1:the bundle runs, and something needs attention: a destination, the dead letter or the store",
            "2:options or configuration cannot be used, or the bundle cannot be asked; the standard error says why"
        })
public final class StatusCommand extends ConfiguredCommand {

    private final Supplier<String> managementUrl;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            description = "Management URL of the bundle, such as http://127.0.0.1:9876; default: that of the"
                    + " configuration.")
    private String url;

    @Option(names = "--json", description = "Print the document as JSON.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param managementUrl reads the address of the management server from the configuration
     * @param out where the status is printed
     * @param err where it is printed why the bundle cannot be queried
     */
    public StatusCommand(
            Supplier<Settings> configuration, Supplier<String> managementUrl, PrintStream out, PrintStream err) {
        super(configuration, out, err);
        this.managementUrl = managementUrl;
    }

    /** @return 0 if nothing needs attention, 1 if something does */
    @Override
    protected int run() throws InterruptedException {
        Settings settings = settings();
        String bundle = (url == null ? managementUrl.get() : url).replaceFirst("/+$", "");
        try {
            JsonNode status = new BundleClient(settings)
                    .get(bundle + "/console/api/status")
                    .jsonIfOk();
            StatusText text = new StatusText(status);
            out.print(asJson ? status.toPrettyString() + System.lineSeparator() : text);
            out.flush();
            return text.needsAttention() ? 1 : 0;
        } catch (IOException | IllegalArgumentException e) {
            throw UnusableException.notAsked(bundle, e);
        }
    }
}
