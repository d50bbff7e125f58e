package io.github.ldaudiences.command.backfill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.client.BundleAddress;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.inbound.file.FileChunk;
import io.github.ldaudiences.inbound.file.LineSource;
import io.github.ldaudiences.inbound.file.ReadOnceLines;
import io.github.ldaudiences.inbound.http.auth.SenderProof;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Sends events to a running bundle, one request after another, so that it gets them in order. */
final class RunningBundleCalls implements Way {

    /** Size in bytes at which a request is full. */
    private static final int REQUEST_BYTES = 1_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long FIRST_DELAY_MS = 1_000;
    private static final long MAX_DELAY_MS = 30_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final SenderProof proof;
    private final ReadOnceLines.Limits limits;
    private final PrintStream err;
    private final HttpClient client;
    private final Duration timeout;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean answered;
    private volatile long requests; // written by the thread that sends
    private volatile String waitsFor = "";

    /**
     * @param url the bundle's inbound
     * @param settings have the credentials for the bundle, and the certificates to trust
     * @param linesPerRequest most lines of one request
     * @param err where lines that the bundle rejects are reported
     */
    RunningBundleCalls(URI url, Settings settings, int linesPerRequest, PrintStream err) {
        this.url = url;
        this.proof = BundleAddress.of(settings).proof();
        this.limits = new ReadOnceLines.Limits(
                Math.toIntExact(settings.get(Catalogue.FILE_MAX_LINE_BYTES)), linesPerRequest, REQUEST_BYTES);
        this.err = err;
        this.timeout = PATIENCE.plusMillis(settings.get(Catalogue.HTTP_REPLY_TIMEOUT_MS));
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        SSLContext tls = OutboundTls.of(settings);
        client = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    @Override
    public String target() {
        return url.toString();
    }

    @Override
    public ReadOnceLines.Limits limits() {
        return limits;
    }

    @Override
    public void send(LineSource lines) throws InterruptedException {
        for (Iterator<FileChunk> chunks = lines.chunks(lines.start()); chunks.hasNext(); ) {
            FileChunk chunk = chunks.next();
            ReceiptSummary summary = chunk.problem() == null
                    ? post(chunk.body(), lines.name(), chunk.from().line())
                    : notTaken(
                            1,
                            lines.name(),
                            chunk.from().line(),
                            chunk.problem().reason());
            lines.settled(chunk.to(), summary);
        }
    }

    private ReceiptSummary post(byte[] body, String name, long line) throws InterruptedException {
        int events = filledLines(body);
        long delayMs = FIRST_DELAY_MS;
        while (events > 0) {
            long askedMs = 0;
            try {
                HttpResponse<byte[]> answer = client.send(request(body), HttpResponse.BodyHandlers.ofByteArray());
                requests++;
                answered = true;
                switch (answer.statusCode()) {
                    case 200, 202 -> {
                        waitsFor = "";
                        return summary(answer.body());
                    }
                    case 400 -> {
                        return notTaken(events, name, line, error(answer));
                    }
                    case 413 -> {
                        return events == 1 ? notTaken(1, name, line, error(answer)) : halves(body, name, line);
                    }
                    case 408, 429, 500, 502, 503, 504 -> {
                        waitsFor = "the bundle answers " + answer.statusCode();
                        askedMs = answer.headers()
                                .firstValue("Retry-After")
                                .filter(seconds -> seconds.matches("\\d{1,6}"))
                                .map(seconds -> TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)))
                                .orElse(0L);
                    }
                    default ->
                        throw new UnusableException(url + " does not accept the events: status " + answer.statusCode()
                                + ". " + error(answer));
                }
            } catch (IOException e) {
                if (!answered) {
                    throw new UnusableException(url + " cannot be reached: " + UnusableException.sentence(e));
                }
                waitsFor = "the bundle cannot be reached";
            }
            if (closed.await(askedMs > 0 ? askedMs : delayMs, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException();
            }
            delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
        }
        return new ReceiptSummary(0, 0, 0, 0, List.of());
    }

    private HttpRequest request(byte[] body) throws InterruptedException {
        if (closed.getCount() == 0) {
            throw new InterruptedException();
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        proof.headers(body).forEach(request::header);
        return request.build();
    }

    private ReceiptSummary halves(byte[] body, String name, long line) throws InterruptedException {
        int middle = body.length / 2;
        while (middle < body.length && body[middle - 1] != '\n') {
            middle++;
        }
        if (middle == body.length) {
            // The second half lies within the last line.
            middle = body.length - 1;
            while (body[middle - 1] != '\n') {
                middle--;
            }
        }
        byte[] first = Arrays.copyOf(body, middle);
        ReceiptSummary before = post(first, name, line);
        ReceiptSummary after = post(Arrays.copyOfRange(body, middle, body.length), name, line + ends(first));
        return new ReceiptSummary(
                before.received() + after.received(),
                before.delivered() + after.delivered(),
                before.skipped() + after.skipped(),
                before.rejected() + after.rejected(),
                List.of());
    }

    private ReceiptSummary notTaken(int events, String name, long line, String reason) {
        err.println("Not taken: " + events + (events == 1 ? " line" : " lines") + " of " + name + " from line " + line
                + " on. " + reason);
        return new ReceiptSummary(events, 0, 0, events, List.of());
    }

    private ReceiptSummary summary(byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException e) {
            json = JSON.missingNode();
        }
        if (!json.path("received").isIntegralNumber()) {
            throw new UnusableException(url + " does not answer like a bundle. Use the URL of its /v1/events.");
        }
        int rejected = json.path("rejected").asInt();
        // A gateway in front of Kafka answers when the brokers have the events.
        int delivered = json.path("delivered").asInt() + json.path("enqueued").asInt();
        return new ReceiptSummary(
                json.path("received").asInt(), delivered, json.path("skipped").asInt(), rejected, List.of());
    }

    private static String error(HttpResponse<byte[]> answer) {
        try {
            return JSON.readTree(answer.body()).path("error").asText();
        } catch (IOException e) {
            return ""; // not a response of the bundle
        }
    }

    private static int filledLines(byte[] body) {
        int filled = 0;
        boolean something = false;
        for (byte one : body) {
            if (one == '\n') {
                filled += something ? 1 : 0;
                something = false;
            } else {
                something |= one != ' ' && one != '\r' && one != '\t';
            }
        }
        return filled + (something ? 1 : 0);
    }

    private static int ends(byte[] body) {
        int ends = 0;
        for (byte one : body) {
            ends += one == '\n' ? 1 : 0;
        }
        return ends;
    }

    @Override
    public long requests() {
        return requests;
    }

    @Override
    public String waitsFor() {
        return waitsFor;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
