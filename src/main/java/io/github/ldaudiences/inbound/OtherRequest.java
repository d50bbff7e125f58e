package io.github.ldaudiences.inbound;

import java.net.URI;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Refuses a request that no route of the inbound's port takes. */
public final class OtherRequest implements Processor {

    private final String inboundPath;

    /** @param inboundUri URI of the HTTP inbound, whose path takes POST only */
    public OtherRequest(String inboundUri) {
        String url = inboundUri.substring(inboundUri.indexOf(':') + 1);
        int query = url.indexOf('?');
        inboundPath = URI.create(query < 0 ? url : url.substring(0, query)).getPath();
    }

    /** @throws RefusedRequestException always: on the inbound's path 405, or 503 for a POST; on any other 404 */
    @Override
    public void process(Exchange exchange) throws RefusedRequestException {
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        boolean post = "POST".equals(message.getHeader(Exchange.HTTP_METHOD, String.class));
        message.removeHeaders("*");
        message.setBody(null);
        if (inboundPath.equals(path.startsWith("/") ? path : "/" + path)) {
            if (post) {
                // Its route has been stopped. A sender that is told 405 would not come again.
                throw new RefusedRequestException(503, "No events are taken for now; try again later.");
            }
            throw new RefusedRequestException(405, "Only POST is taken here.");
        }
        throw new RefusedRequestException(404, "There is nothing here; events go to " + inboundPath + ".");
    }
}
