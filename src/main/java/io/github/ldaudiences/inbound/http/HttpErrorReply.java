package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.inbound.InboundProperties;
import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a failed HTTP request with what the sender can correct, or with when to retry. */
public final class HttpErrorReply implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(HttpErrorReply.class);

    private final RefusedRequests refused;
    private final int retryAfterSeconds;
    private final Class<? extends Throwable> unavailable;

    /**
     * @param refused counts the requests
     * @param retryAfterSeconds how long callers are told to wait before they retry
     * @param unavailable the exception that means that events cannot be passed on for now
     */
    public HttpErrorReply(RefusedRequests refused, int retryAfterSeconds, Class<? extends Throwable> unavailable) {
        this.refused = refused;
        this.retryAfterSeconds = retryAfterSeconds;
        this.unavailable = unavailable;
    }

    @Override
    public void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        Receipt receipt = exchange.getProperty(InboundProperties.RECEIPT, Receipt.class);
        if (receipt != null) {
            receipt.giveUp(cause); // otherwise the request would never release its share of the backlog
        }
        ProblemCode code;
        String error;
        if (cause instanceof RefusedRequestException refusal) {
            code = refusal.code();
            error = refusal.getMessage();
        } else if (unavailable.isInstance(cause)) {
            LOG.debug("A request could not be passed on.", cause);
            code = ProblemCode.NOT_DELIVERED;
            error = "Not every event could be "
                    + (cause instanceof UndeliveredException ? "delivered: " + cause.getMessage() : "passed on")
                    + ". Send the request again.";
        } else {
            LOG.error("A request failed unexpectedly.", cause);
            code = ProblemCode.INTERNAL_ERROR;
            error = "Internal error.";
        }
        refused.count(code);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, code.status());
        if (code.status() == 503) {
            message.setHeader("Retry-After", retryAfterSeconds);
        }
        if (cause instanceof RefusedRequestException refusal && refusal.header() != null) {
            message.setHeader(refusal.header(), refusal.headerValue());
        }
        Map<String, String> reply = new LinkedHashMap<>();
        reply.put("code", code.toString());
        reply.put("error", error);
        message.setBody(reply);
    }
}
