package io.github.ldaudiences.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.client.BundleClient;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code resync}: has the running bundle send the states of its store again, and waits for the end. It sends
 * nothing itself, for the order of what is sent is known to the bundle alone.
 */
@Command(
        name = "resync",
        description = "Has the running bundle send the states of its membership store again, and waits for the end.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything has been sent",
            "1:the resync was interrupted or has failed",
            "2:the bundle cannot be reached or refuses; the standard error says why"
        })
public final class ResyncCommand implements Callable<Integer> {

    private static final int DONE = 0;
    private static final int NOT_DONE = 1;
    private static final int UNUSABLE = 2;
    private static final long ASK_AGAIN_MS = 500;

    private final Supplier<Settings> configuration;
    private final PrintStream out;
    private final PrintStream err;

    @Option(names = "--audience", paramLabel = "<id>", description = "Of the audience with this Segment id only.")
    private String audience;

    @Option(names = "--context-kind", paramLabel = "<kind>", description = "Of this context kind only.")
    private String contextKind;

    @Option(names = "--destination", paramLabel = "<id>", description = "Of this destination only.")
    private String destination;

    @Option(names = "--to", paramLabel = "<id>", description = "Send them to this destination instead.")
    private String to;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            description = "Where the bundle listens; unless given, where the configuration says.")
    private String url;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where the progress goes
     * @param err where it is said why the bundle cannot be asked
     */
    public ResyncCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        this.configuration = configuration;
        this.out = out;
        this.err = err;
    }

    /** @return 0 if everything has been sent, 1 if not, 2 if the bundle cannot be asked */
    @Override
    public Integer call() {
        String bundle = url;
        try {
            Settings settings = configuration.get();
            bundle = url == null ? BundleClient.inboundUrl(settings) + "/v1/resync" : url;
            BundleClient client = new BundleClient(settings);
            JsonNode progress = json(client.post(bundle + query(), null, new byte[0]));
            while (progress.path("running").asBoolean()) {
                out.println(line(progress));
                Thread.sleep(ASK_AGAIN_MS);
                progress = json(client.get(bundle));
            }
            out.println(line(progress));
            return progress.path("state").asText().equals("done") ? DONE : NOT_DONE;
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            err.println(bundle + " cannot be asked: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return UNUSABLE;
    }

    private String query() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("audience", audience);
        parameters.put("contextKind", contextKind);
        parameters.put("destination", destination);
        parameters.put("to", to);
        List<String> set = new ArrayList<>();
        parameters.forEach((name, value) -> {
            if (value != null) {
                set.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        });
        return set.isEmpty() ? "" : "?" + String.join("&", set);
    }

    private static JsonNode json(BundleClient.Answer answer) throws IOException {
        if (!answer.isOk()) {
            throw new IOException(answer.problem());
        }
        return answer.json();
    }

    private static String line(JsonNode progress) {
        String of = progress.path("of").isNull() ? "" : " of " + progress.path("of");
        String problem = progress.path("problem").isNull()
                ? ""
                : ". " + progress.path("problem").asText();
        return progress.path("state").asText() + ": " + progress.path("sent") + of + " sent" + problem;
    }
}
