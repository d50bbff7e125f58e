package io.github.ldaudiences.inbound;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Refuses a request that no route of the inbound's port takes. */
public final class OtherRequest implements Processor {

    private final List<String> paths;
    private final Map<String, String> off;

    /**
     * @param paths the paths of the port that take POST, and nothing else
     * @param off the paths of endpoints that are off, each with a sentence that says how to turn it on
     */
    public OtherRequest(List<String> paths, Map<String, String> off) {
        this.paths = List.copyOf(paths);
        this.off = Map.copyOf(off);
    }

    /**
     * @param inboundUri URI of the HTTP inbound
     * @return its path
     */
    public static String path(String inboundUri) {
        String url = inboundUri.substring(inboundUri.indexOf(':') + 1);
        int query = url.indexOf('?');
        return URI.create(query < 0 ? url : url.substring(0, query)).getPath();
    }

    /**
     * @throws RefusedRequestException always. On a path that takes POST: 405, or 503 for a POST, whose route has been
     *     stopped. On any other: 404
     */
    @Override
    public void process(Exchange exchange) throws RefusedRequestException {
        Message message = exchange.getMessage();
        String sent = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String path = sent.startsWith("/") ? sent : "/" + sent;
        boolean post = "POST".equals(message.getHeader(Exchange.HTTP_METHOD, String.class));
        message.removeHeaders("*");
        message.setBody(null);
        if (paths.contains(path)) {
            if (post) {
                // A sender that is told 405 would not come again.
                throw new RefusedRequestException(503, "Nothing is taken here for now; try again later.");
            }
            throw new RefusedRequestException(405, "Only POST is taken here.");
        }
        throw new RefusedRequestException(404, nothingAt(path));
    }

    private String nothingAt(String path) {
        for (Map.Entry<String, String> endpoint : off.entrySet()) {
            if (path.equals(endpoint.getKey()) || path.startsWith(endpoint.getKey() + "/")) {
                return endpoint.getValue();
            }
        }
        return "There is nothing here but " + String.join(" and ", paths) + ".";
    }
}
