package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a receipt over the events that an HTTP request carries. */
public final class HttpReceipt implements Processor {

    private static final String JSON = "application/json";
    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/ndjson", "application/jsonl");

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,100}");

    private final EventReader reader;
    private final Backlog backlog;
    private final Duration timeout;
    private final ObjIntConsumer<ReceiptSummary> counts;

    /**
     * @param reader reads the body
     * @param backlog what the events count against
     * @param timeout how long the caller waits for its answer
     * @param counts takes what became of the events, null if their sender must keep them, and how many there were
     */
    public HttpReceipt(EventReader reader, Backlog backlog, Duration timeout, ObjIntConsumer<ReceiptSummary> counts) {
        this.reader = reader;
        this.backlog = backlog;
        this.timeout = timeout;
        this.counts = counts;
    }

    /**
     * Replaces the body by the events, and removes every header: what came from outside must steer neither Camel nor
     * the call to LaunchDarkly.
     *
     * @throws RefusedRequestException with the status for the caller
     */
    @Override
    public void process(Exchange exchange) throws RefusedRequestException {
        Message message = exchange.getMessage();
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        String encoding = message.getHeader(Exchange.CONTENT_ENCODING, String.class);
        String requestId = requestId(message.getHeader("X-Request-Id", String.class), exchange.getExchangeId());
        byte[] content = message.getBody(byte[].class);
        byte[] body = content == null ? new byte[0] : content;
        message.removeHeaders("*");

        if (encoding != null && !"identity".equalsIgnoreCase(encoding)) {
            throw new RefusedRequestException(415, "The content encoding must be identity.");
        }
        Receipt receipt = new Receipt(backlog, timeout);
        ReadEvents read = read(mediaType(contentType), body, receipt, (in, from) -> Map.of("request", requestId));
        if (!receipt.admit(read.size(), read.heldBytes(body.length))) {
            throw new RefusedRequestException(503, "Too many events are waiting for LaunchDarkly; try again later.");
        }
        receipt.settled().whenComplete((summary, failure) -> counts.accept(summary, read.size()));
        exchange.setProperty(InboundProperties.RECEIPT, receipt);
        exchange.setProperty(EventChunks.UNREADABLE, read.unreadable());
        message.setBody(read.events());
    }

    private ReadEvents read(String mediaType, byte[] body, Receipt receipt, EventSource source)
            throws RefusedRequestException {
        try {
            if (JSON.equals(mediaType)) {
                return reader.readJson(body, receipt, source);
            } else if (LINES.contains(mediaType)) {
                return reader.readLines(body, receipt, source);
            }
        } catch (UnreadableBodyException e) {
            throw new RefusedRequestException(400, e.getMessage());
        } catch (TooManyEventsException e) {
            throw new RefusedRequestException(413, e.getMessage());
        }
        throw new RefusedRequestException(
                415, "The content type must be application/json or application/x-ndjson, in UTF-8.");
    }

    /** The sender's own id of the request, if it is one that can be shown anywhere. */
    private static String requestId(String given, String own) {
        return given != null && REQUEST_ID.matcher(given).matches() ? given : own;
    }

    private static String mediaType(String contentType) throws RefusedRequestException {
        if (contentType == null) {
            return JSON;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                throw new RefusedRequestException(415, "The charset must be UTF-8.");
            }
        }
        return parts[0].strip();
    }
}
