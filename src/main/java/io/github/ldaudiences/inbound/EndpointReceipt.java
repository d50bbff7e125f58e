package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.TraceOrigin;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.event.UnicodeCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a receipt for the events in a message from any endpoint. */
public final class EndpointReceipt implements Processor {

    private final EventReader reader;
    private final Receipts receipts;
    private final String endpoint;

    /**
     * @param reader reads the body
     * @param receipts opens receipts that messages wait for
     * @param uri URI of the endpoint that the messages come from
     */
    public EndpointReceipt(EventReader reader, Receipts receipts, String uri) {
        this.reader = reader;
        this.receipts = receipts;
        this.endpoint = withoutSecrets(uri);
    }

    /**
     * Replaces the body with the events, and removes all headers: headers from outside must affect neither Camel nor
     * the request to LaunchDarkly.
     *
     * @throws UndeliveredException if too many events are waiting already
     */
    @Override
    public void process(Exchange exchange) throws UndeliveredException {
        Message message = exchange.getMessage();
        Map<String, Object> coordinates = new LinkedHashMap<>();
        coordinates.put("endpoint", endpoint);
        coordinates.put("message", message.getMessageId());
        EventSource source =
                new MessageSource(coordinates, exchange.getProperty(InboundProperties.TRACE, TraceOrigin.class));
        byte[] body = bytes(message);
        message.removeHeaders("*");

        Receipt receipt = receipts.open();
        ReadEvents read = reader.readMessage(body, receipt, source);
        if (!receipts.admit(exchange, receipt, read, body == null ? 0 : body.length)) {
            throw new UndeliveredException("too many events are waiting for LaunchDarkly");
        }
        exchange.getExchangeExtension().addOnCompletion(new EndOfIntake(receipt, null));
    }

    private record MessageSource(Map<String, Object> coordinates, TraceOrigin trace) implements EventSource {

        @Override
        public Map<String, Object> coordinates(byte[] body, int from) {
            return coordinates;
        }

        @Override
        public TraceOrigin trace(int from) {
            return trace;
        }
    }

    private static byte[] bytes(Message message) throws UndeliveredException {
        Object body = message.getBody();
        if (body instanceof String text) {
            return UnicodeCheck.bytes(text); // Camel would use the platform's charset
        }
        byte[] bytes = message.getBody(byte[].class);
        if (bytes == null && body != null) {
            // Such content could not even be written to the dead letter.
            throw new UndeliveredException(
                    "a message must be text or bytes, but is " + body.getClass().getName());
        }
        return bytes;
    }

    private static String withoutSecrets(String uri) {
        int query = uri.indexOf('?');
        return (query < 0 ? uri : uri.substring(0, query)).replaceFirst("//[^/]*@", "//");
    }
}
