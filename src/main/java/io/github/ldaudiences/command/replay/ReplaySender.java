package io.github.ldaudiences.command.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.command.client.BundleClient;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.StoredLetter;
import io.github.ldaudiences.inbound.http.ApiPaths;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends dead letters to a bundle, in requests of a size that it accepts, and retries when the bundle says so. */
final class ReplaySender {

    /** As many as fit into a request to LaunchDarkly: with more, the bundle might not respond in time. */
    private static final int MAX_LETTERS = 1000;

    private static final int MAX_TRIES = 10;
    private static final int USUAL_WAIT_SECONDS = 10;

    private final BundleClient client;
    private final String bundle;
    private final String url;
    private final int maxLetters;
    private final long maxBytes;
    private final PrintStream words;
    private final PrintStream err;

    private final List<byte[]> chunk = new ArrayList<>();
    private final Map<String, Long> rejections = new TreeMap<>();
    private long chunkBytes;
    private long sent;
    private long delivered;
    private long skipped;
    private long rejected;

    ReplaySender(
            BundleClient client, String bundle, boolean force, Settings settings, PrintStream words, PrintStream err) {
        this.client = client;
        this.bundle = bundle;
        this.url = bundle + ApiPaths.REPLAY + (force ? "?force=true" : "");
        this.maxLetters = (int) Math.min(MAX_LETTERS, settings.get(Catalogue.HTTP_MAX_EVENTS));
        this.maxBytes = settings.get(Catalogue.HTTP_MAX_BODY_BYTES);
        this.words = words;
        this.err = err;
    }

    /** @return whether all letters have been delivered or skipped */
    boolean send(SelectedLetters letters) throws IOException, InterruptedException {
        boolean[] goesOn = {true};
        letters.forEach(letter -> {
            goesOn[0] = add(letter);
            return goesOn[0];
        });
        boolean all = goesOn[0] && send(List.copyOf(chunk));
        return all && rejected == 0;
    }

    /** @return how many were sent and their results, in a sentence */
    String summary(SelectedLetters letters) {
        return sent + " of " + letters.count() + " letters sent: " + delivered + " delivered, " + skipped
                + " skipped, " + rejected + " rejected again"
                + (rejections.isEmpty() ? "." : ": " + rejections.toString().replaceAll("[{}]", "") + ".");
    }

    /** @return the same as JSON */
    ObjectNode json(SelectedLetters letters) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("letters", letters.count())
                .put("sent", sent)
                .put("delivered", delivered)
                .put("skipped", skipped)
                .put("rejected", rejected);
        ObjectNode codes = json.putObject("rejections");
        rejections.forEach(codes::put);
        return json;
    }

    private boolean add(StoredLetter letter) throws IOException, InterruptedException {
        int bytes = letter.line().length + 1;
        boolean goesOn = true;
        if (!chunk.isEmpty() && (chunk.size() == maxLetters || chunkBytes + bytes > maxBytes)) {
            goesOn = send(List.copyOf(chunk));
            chunk.clear();
            chunkBytes = 0;
        }
        chunk.add(letter.line());
        chunkBytes += bytes;
        return goesOn;
    }

    /** @return whether to go on */
    private boolean send(List<byte[]> lines) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            BundleClient.Answer answer = post(lines);
            if (answer.isOk()) {
                sent += lines.size();
                count(answer.json());
                return true;
            }
            switch (answer.status()) {
                case 503 -> {
                    if (tries == MAX_TRIES) {
                        err.println("Gave up after " + tries
                                + " tries: " + answer.problem()
                                + " The same command sends the rest.");
                        return false;
                    }
                    int seconds = answer.retryAfterSeconds() > 0 ? answer.retryAfterSeconds() : USUAL_WAIT_SECONDS;
                    words.println("The bundle asks to wait " + seconds + " seconds: "
                            + answer.json().path("error").asText());
                    Thread.sleep(seconds * 1000L);
                }
                case 413 -> {
                    if (lines.size() == 1) {
                        return refused(lines, answer);
                    }
                    int half = lines.size() / 2;
                    return send(lines.subList(0, half)) && send(lines.subList(half, lines.size()));
                }
                case 400 -> {
                    return refused(lines, answer);
                }
                default -> throw UnusableException.notAsked(bundle, new IOException(answer.problem()));
            }
        }
    }

    private boolean refused(List<byte[]> lines, BundleClient.Answer answer) {
        sent += lines.size();
        rejected += lines.size();
        rejections.merge(answer.json().path("code").asText(), (long) lines.size(), Long::sum);
        return true;
    }

    private void count(JsonNode reply) {
        delivered += reply.path("delivered").asLong();
        skipped += reply.path("skipped").asLong();
        rejected += reply.path("rejected").asLong();
        reply.path("rejections")
                .forEach(each -> rejections.merge(each.path("code").asText(), 1L, Long::sum));
    }

    private BundleClient.Answer post(List<byte[]> lines) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] line : lines) {
            body.write(line);
            body.write('\n');
        }
        try {
            return client.post(url, "application/x-ndjson", body.toByteArray());
        } catch (IOException | IllegalArgumentException e) {
            throw UnusableException.notAsked(bundle, e);
        }
    }
}
