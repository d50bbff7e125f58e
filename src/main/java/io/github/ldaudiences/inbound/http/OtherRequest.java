package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.inbound.http.connection.UnroutedRequest;
import io.github.ldaudiences.problem.ProblemCode;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.netty.http.NettyHttpConstants;
import org.apache.camel.component.netty.http.NettyHttpMessage;

/** Rejects a request that no route of the inbound's port accepts. */
public final class OtherRequest implements Processor {

    private final List<String> paths;
    private final Map<String, String> off;

    /**
     * @param paths the paths of the port that are served
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
     * @throws RefusedRequestException always: 404 if nothing is served at the path, 405 if the path accepts other
     *     methods, or 503 if its route is stopped
     */
    @Override
    public void process(Exchange exchange) throws RefusedRequestException {
        Message message = exchange.getMessage();
        HttpRequest request = message instanceof NettyHttpMessage netty ? netty.getHttpRequest() : null;
        message.removeHeaders("*");
        message.setBody(null);
        if (request instanceof UnroutedRequest unrouted) {
            if (unrouted.methods().isEmpty()) {
                throw new RefusedRequestException(ProblemCode.NOT_FOUND, nothingAt(unrouted.askedPath()));
            }
            if (!unrouted.methods().contains(unrouted.askedMethod())) {
                throw RefusedRequestException.methodNotAllowed(unrouted.methods());
            }
        }
        // After 404 or 405 a sender would not retry. On a new connection it may reach another process.
        exchange.setProperty(NettyHttpConstants.CONNECTION, HttpHeaderValues.CLOSE.toString());
        throw new RefusedRequestException(
                ProblemCode.NOT_RUNNING, "Requests are not accepted here for now; try again later.");
    }

    private String nothingAt(String path) {
        for (Map.Entry<String, String> endpoint : off.entrySet()) {
            if (path.equals(endpoint.getKey()) || path.startsWith(endpoint.getKey() + "/")) {
                return endpoint.getValue();
            }
        }
        return "There is nothing here but " + String.join(", ", paths) + ".";
    }
}
