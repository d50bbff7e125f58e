package io.github.ldaudiences.inbound.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.event.TraceOrigin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultExchange;

/**
 * Creates a Kafka record for each event. The key is the user ID, or else the anonymous ID, so that the events of one
 * user stay in order.
 */
public final class EventRecords implements Processor {

    /** Exchange property: the events that are being sent to the brokers. */
    static final String ENQUEUED = "audiencesEnqueued";

    /**
     * Records are created one by one as they are sent. No more are created once the sender has stopped waiting, because
     * brokers that do not answer delay each record.
     */
    @Override
    public void process(Exchange exchange) {
        @SuppressWarnings("unchecked") // inbound routes create it with this type
        List<SegmentEvent> events = (List<SegmentEvent>) exchange.getMessage().getBody();
        List<EventOrigin> enqueued = events.stream().map(SegmentEvent::origin).toList();
        enqueued.forEach(EventOrigin::expect);
        exchange.setProperty(ENQUEUED, enqueued);
        Iterable<Exchange> records = () -> enqueued.stream()
                .map(origin -> record(origin, exchange.getContext()))
                .iterator();
        exchange.getMessage().setBody(records);
    }

    private static Exchange record(EventOrigin origin, CamelContext context) {
        if (!origin.isAwaited()) {
            throw new IllegalStateException("The sender no longer waits.");
        }
        ObjectNode event = origin.parse();
        Exchange record = new DefaultExchange(context);
        record.getMessage().setBody(event.toString().getBytes(StandardCharsets.UTF_8));
        TraceOrigin trace = origin.trace();
        if (trace != null) {
            record.getMessage().setHeader(NoHeaders.TRACEPARENT, trace.traceparent());
        }
        String user = firstText(event, "userId", "anonymousId");
        if (user != null) {
            record.getMessage().setHeader(KafkaConstants.KEY, user.getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private static String firstText(ObjectNode event, String... fields) {
        for (String field : fields) {
            JsonNode value = event.get(field);
            if (value != null && value.isValueNode() && !value.asText().isBlank() && !value.isNull()) {
                return value.asText();
            }
        }
        return null;
    }
}
