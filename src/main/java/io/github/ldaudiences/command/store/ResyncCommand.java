package io.github.ldaudiences.command.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.command.client.BundleAddress;
import io.github.ldaudiences.command.client.BundleClient;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.http.ApiPaths;
import io.github.ldaudiences.store.StateQuery;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code resync}: makes the running bundle send the states of its store again, and waits for the end. It
 * sends nothing itself, because only the bundle knows the order of what is sent.
 */
@Command(
        name = "resync",
        description = "Makes the running bundle send the states of its membership store again, and waits until it"
                + " has ended.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything has been sent",
            "1:the resync was interrupted or has failed",
            "2:the bundle cannot be reached or refuses; the standard error says why"
        })
public final class ResyncCommand extends StoreCommand {

    private static final int DONE = 0;
    private static final int NOT_DONE = 1;
    private static final long ASK_AGAIN_MS = 500;

    @Option(names = "--to", paramLabel = "<id>", description = "Send them to this destination instead.")
    private String to;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            description = "Where the bundle listens; default: where the configuration says.")
    private String url;

    @Option(names = "--json", description = "Print the progress as a JSON object on each line.")
    private boolean asJson;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where the progress is printed
     * @param err where it is printed why the bundle cannot be queried
     */
    public ResyncCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(configuration, out, err);
    }

    @Override
    protected int run() throws InterruptedException {
        Settings settings = settings();
        String address = url == null ? BundleAddress.of(settings).url() + ApiPaths.RESYNC : url;
        try {
            BundleClient client = new BundleClient(settings);
            JsonNode progress =
                    client.post(address + parameters(), null, new byte[0]).jsonIfOk();
            while (progress.path("running").asBoolean()) {
                print(progress);
                Thread.sleep(ASK_AGAIN_MS);
                progress = client.get(address).jsonIfOk();
            }
            print(progress);
            return progress.path("state").asText().equals("done") ? DONE : NOT_DONE;
        } catch (IOException | IllegalArgumentException e) {
            throw UnusableException.notAsked(address, e);
        }
    }

    private String parameters() {
        StateQuery states = query(null);
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("audience", states.audienceId());
        parameters.put("contextKind", states.contextKind());
        parameters.put("destination", states.destination());
        parameters.put("to", to);
        List<String> set = new ArrayList<>();
        parameters.forEach((name, value) -> {
            if (value != null) {
                set.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        });
        return set.isEmpty() ? "" : "?" + String.join("&", set);
    }

    private void print(JsonNode progress) {
        out.println(asJson ? progress : line(progress));
        out.flush();
    }

    private static String line(JsonNode progress) {
        String of = progress.path("of").isNull() ? "" : " of " + progress.path("of");
        String problem = progress.path("problem").isNull()
                ? ""
                : ". " + progress.path("problem").asText();
        return progress.path("state").asText() + ": " + progress.path("sent") + of + " sent" + problem;
    }
}
