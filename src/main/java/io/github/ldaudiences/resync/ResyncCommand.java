package io.github.ldaudiences.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.destination.Secret;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
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
    private static final ObjectMapper JSON = new ObjectMapper();

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
            bundle = url == null ? url(settings) : url;
            HttpClient client = HttpClient.newHttpClient();
            String authorization = authorization(settings);
            JsonNode progress = ask(client, request(bundle + query(), authorization, "POST"));
            while (progress.path("running").asBoolean()) {
                out.println(line(progress));
                Thread.sleep(ASK_AGAIN_MS);
                progress = ask(client, request(bundle, authorization, "GET"));
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

    private static String url(Settings settings) {
        String host = settings.get(Catalogue.HTTP_HOST);
        String scheme = settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty() ? "http" : "https";
        return scheme + "://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + settings.get(Catalogue.HTTP_PORT)
                + "/v1/resync";
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

    /** As one of those whom the bundle knows, or null if it takes requests from everybody. */
    private static String authorization(Settings settings) {
        List<Secret> tokens = settings.get(Catalogue.HTTP_BEARER_TOKENS);
        if (!tokens.isEmpty()) {
            return "Bearer " + tokens.get(0).reveal();
        }
        List<Secret> basic = settings.get(Catalogue.HTTP_BASIC_CREDENTIALS);
        if (!basic.isEmpty()) {
            byte[] credentials = basic.get(0).reveal().getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(credentials);
        }
        return null;
    }

    private static HttpRequest request(String url, String authorization, String method) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).method(method, HttpRequest.BodyPublishers.noBody());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    private static JsonNode ask(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode answer = JSON.readTree(response.body());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("status " + response.statusCode() + ". "
                    + answer.path("error").asText());
        }
        return answer;
    }

    private static String line(JsonNode progress) {
        String of = progress.path("of").isNull() ? "" : " of " + progress.path("of");
        String problem = progress.path("problem").isNull()
                ? ""
                : ". " + progress.path("problem").asText();
        return progress.path("state").asText() + ": " + progress.path("sent") + of + " sent" + problem;
    }
}
