package io.github.ldaudiences.console;

import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.explain.ExplainReply;
import io.github.ldaudiences.inbound.InboundProperties;
import io.github.ldaudiences.inbound.http.HttpReceipt;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultExchange;

/**
 * Explains events for the console, as the route {@code explain} does for other clients. The route need not run for
 * that.
 */
public final class ConsoleExplain implements ConsoleApi.Resource {

    private final CamelContext context;
    private final HttpReceipt readEvents;
    private final ExplainReply explainReply;

    /**
     * @param context the context
     * @param readEvents reads the events
     * @param explainReply explains them
     */
    public ConsoleExplain(CamelContext context, HttpReceipt readEvents, ExplainReply explainReply) {
        this.context = context;
        this.readEvents = readEvents;
        this.explainReply = explainReply;
    }

    @Override
    @SuppressWarnings("unchecked")
    public ConsoleAnswer answer(ConsoleRequest request, String id) {
        Exchange exchange = new DefaultExchange(context);
        Message message = exchange.getMessage();
        message.setBody(request.body());
        message.setHeader(Exchange.CONTENT_TYPE, request.contentType());
        try {
            readEvents.process(exchange);
            return ConsoleAnswer.ok(explainReply.of(
                    (List<SegmentEvent>) message.getBody(),
                    (List<RejectedEvent>) exchange.getProperty(EventChunks.UNREADABLE),
                    exchange.getProperty(InboundProperties.RECEIPT, Receipt.class)));
        } catch (RefusedRequestException e) {
            return ConsoleAnswer.of(e);
        }
    }
}
