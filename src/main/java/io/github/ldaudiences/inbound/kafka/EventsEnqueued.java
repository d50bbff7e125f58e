package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.EventOrigin;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Tells the receipt that the brokers have the events. */
public final class EventsEnqueued implements Processor {

    @Override
    public void process(Exchange exchange) {
        @SuppressWarnings("unchecked") // EventRecords creates it with this type
        List<EventOrigin> enqueued = (List<EventOrigin>) exchange.removeProperty(EventRecords.ENQUEUED);
        enqueued.forEach(EventOrigin::delivered);
        exchange.getMessage().removeHeaders("*");
    }
}
