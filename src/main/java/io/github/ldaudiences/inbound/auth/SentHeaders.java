package io.github.ldaudiences.inbound.auth;

import io.github.ldaudiences.inbound.connection.ReroutedRequest;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpMessage;

/**
 * The headers of a request as they were sent. Camel's own are not: netty-http adds the parameters of the query to them.
 */
final class SentHeaders {

    static final String AUTHORIZATION = "Authorization";
    static final String SIGNATURE = "X-Signature";

    private final Message message;

    SentHeaders(Message message) {
        this.message = message;
    }

    /** @return the path that was asked for, if it is another than that of the route; else null */
    String askedPath() {
        return ReroutedRequest.askedPathOf(message);
    }

    /** @return the value of a header; null if it is not there, or there more than once, so that none is certain */
    String single(String name) {
        if (message instanceof NettyHttpMessage netty && netty.getHttpRequest() != null) {
            List<String> values = netty.getHttpRequest().headers().getAll(name);
            return values.size() == 1 ? values.get(0).strip() : null;
        }
        return message.getHeader(name) instanceof String value ? value.strip() : null;
    }

    /** @return what follows the name of a scheme in Authorization; null if another scheme is there, or none */
    String credentials(String scheme) {
        String value = single(AUTHORIZATION);
        String prefix = scheme.toLowerCase(Locale.ROOT) + " ";
        return value != null && value.toLowerCase(Locale.ROOT).startsWith(prefix)
                ? value.substring(prefix.length()).strip()
                : null;
    }
}
