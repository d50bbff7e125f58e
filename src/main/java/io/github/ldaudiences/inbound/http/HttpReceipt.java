package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.TraceOrigin;
import io.github.ldaudiences.event.UnreadableBodyException;
import io.github.ldaudiences.inbound.InboundProperties;
import io.github.ldaudiences.inbound.Receipts;
import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import io.github.ldaudiences.inbound.http.connection.ReroutedRequest;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a receipt for the events in an HTTP request. */
public final class HttpReceipt implements Processor {

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,100}");

    private final RequestReader reader;
    private final ReceivingBytes receiving;
    private final Receipts receipts;

    /**
     * @param reader reads bodies that hold events
     * @param receiving what compressed bodies count against while they are expanded
     * @param receipts opens receipts that callers wait for
     */
    public HttpReceipt(EventReader reader, ReceivingBytes receiving, Receipts receipts) {
        this((request, receipt) -> readEvents(reader, request, receipt), receiving, receipts);
    }

    /**
     * @param reader finds the events
     * @param receiving what compressed bodies count against while they are expanded
     * @param receipts opens receipts that callers wait for
     */
    public HttpReceipt(RequestReader reader, ReceivingBytes receiving, Receipts receipts) {
        this.reader = reader;
        this.receiving = receiving;
        this.receipts = receipts;
    }

    /**
     * Replaces the body with the events, and removes all headers: headers from outside must affect neither Camel nor
     * the request to LaunchDarkly.
     *
     * @throws RefusedRequestException with the status for the caller
     */
    @Override
    public void process(Exchange exchange) throws RefusedRequestException {
        Message message = exchange.getMessage();
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        String encoding = message.getHeader(Exchange.CONTENT_ENCODING, String.class);
        String requestId = requestId(message.getHeader("X-Request-Id", String.class), exchange.getExchangeId());
        String query = message.getHeader(Exchange.HTTP_QUERY, String.class);
        boolean fromPage = message.getHeader("Origin") != null;
        SegmentCall call = SegmentCall.at(ReroutedRequest.askedPathOf(message));
        byte[] sent = RequestBody.of(message);
        message.removeHeaders("*");

        MediaType mediaType = MediaType.of(contentType);
        if (fromPage && (mediaType.isUnspecific() || mediaType.isForm())) {
            // A browser sends such a request from any page, without checking whether the page is allowed to.
            throw new RefusedRequestException(
                    ProblemCode.CONTENT_TYPE_NOT_SUPPORTED, "A web page must send JSON as application/json.");
        }
        Receipt receipt = receipts.open();
        RequestSource source =
                new RequestSource(requestId, call, exchange.getProperty(InboundProperties.TRACE, TraceOrigin.class));
        try (ExpandedBody body = new ExpandedBody(sent, ContentEncoding.of(encoding), receiving)) {
            ReadEvents read = read(new RequestReader.Request(mediaType, query, source, body), receipt);
            if (!receipts.admit(exchange, receipt, read, body.bytes().length)) {
                throw RefusedRequestException.overloaded();
            }
        }
        if (call != null) {
            exchange.setProperty(SegmentCall.PROPERTY, call);
        }
    }

    private ReadEvents read(RequestReader.Request request, Receipt receipt) throws RefusedRequestException {
        try {
            return reader.read(request, receipt);
        } catch (UnreadableBodyException e) {
            throw new RefusedRequestException(e.problem());
        } catch (TooManyEventsException e) {
            throw new RefusedRequestException(ProblemCode.TOO_MANY_EVENTS, e.getMessage());
        }
    }

    private static ReadEvents readEvents(EventReader reader, RequestReader.Request request, Receipt receipt)
            throws RefusedRequestException, UnreadableBodyException, TooManyEventsException {
        RequestSource source = request.source();
        MediaType mediaType = request.mediaType();
        if (mediaType.isCloudEvents()) {
            return reader.readCloudEvents(body(request), receipt, source);
        } else if (mediaType.isJson() || source.call() != null && mediaType.isForm()) {
            return reader.readJson(body(request), receipt, source);
        } else if (mediaType.isLines()) {
            return reader.readLines(body(request), receipt, source);
        }
        throw new RefusedRequestException(
                ProblemCode.CONTENT_TYPE_NOT_SUPPORTED,
                "The content type must be application/json, another that ends in +json, text/plain with JSON in it, or"
                        + " application/x-ndjson, in UTF-8.");
    }

    private static byte[] body(RequestReader.Request request) throws RefusedRequestException {
        byte[] body = request.body().bytes();
        if (request.source().call() != null) {
            WriteKeysInBody.mask(body);
        }
        return body;
    }

    /** Returns the sender's request ID if it is safe to show anywhere. */
    private static String requestId(String given, String own) {
        return given != null && REQUEST_ID.matcher(given).matches() ? given : own;
    }
}
