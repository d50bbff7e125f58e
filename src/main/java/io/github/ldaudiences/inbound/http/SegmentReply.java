package io.github.ldaudiences.inbound.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Adds {@code success}, as in Segment's responses, to the response to a call of Segment's API. */
public final class SegmentReply implements Processor {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void process(Exchange exchange) {
        if (exchange.getProperty(SegmentCall.PROPERTY) != null) {
            Message message = exchange.getMessage();
            ObjectNode reply = JSON.createObjectNode().put("success", true);
            reply.setAll((ObjectNode) JSON.valueToTree(message.getBody()));
            message.setBody(reply);
        }
    }
}
