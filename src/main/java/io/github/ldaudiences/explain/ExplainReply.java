package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.inbound.InboundProperties;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;

/** Answers a request for an explanation. */
public final class ExplainReply {

    private final Explainer explainer;

    /** @param explainer explains the events */
    public ExplainReply(Explainer explainer) {
        this.explainer = explainer;
    }

    /**
     * @param events events of the request
     * @param unreadable parts of the request that could not be read as events
     * @param receipt the receipt of the events, which will never be delivered
     * @return the explanation
     */
    public ObjectNode of(
            @Body List<SegmentEvent> events,
            @ExchangeProperty(EventChunks.UNREADABLE) List<RejectedEvent> unreadable,
            @ExchangeProperty(InboundProperties.RECEIPT) Receipt receipt) {
        try {
            return explainer.explain(events, unreadable);
        } finally {
            receipt.giveUp(new UndeliveredException("its events were only to be explained"));
        }
    }
}
