package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.EventOrigin;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;

/** Tells the receipt that the brokers have the events, or after an error that their sender must keep them. */
public final class EventsEnqueued implements Processor {

    @Override
    public void process(Exchange exchange) {
        @SuppressWarnings("unchecked") // as EventRecords makes it
        List<EventOrigin> enqueued = (List<EventOrigin>) exchange.removeProperty(EventRecords.ENQUEUED);
        Throwable failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        if (enqueued != null) {
            enqueued.forEach(failure == null ? EventOrigin::delivered : origin -> origin.failed(failure));
        }
        exchange.getMessage().removeHeaders("*");
    }
}
