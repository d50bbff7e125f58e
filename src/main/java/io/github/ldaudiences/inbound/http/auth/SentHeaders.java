package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.inbound.http.connection.ReroutedRequest;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpMessage;

/**
 * The headers of a request as they were sent. Camel's headers are different: netty-http adds query parameters to them.
 */
final class SentHeaders {

    static final String AUTHORIZATION = "Authorization";
    static final String SIGNATURE = "X-Signature";
    static final String WRITE_KEY = "X-Write-Key";

    private final Message message;

    SentHeaders(Message message) {
        this.message = message;
    }

    /** @return the requested path if it differs from the route's, else null */
    String askedPath() {
        return ReroutedRequest.askedPathOf(message);
    }

    /** @return the value of a header; null if it is missing or ambiguous because it was sent more than once */
    String single(String name) {
        if (message instanceof NettyHttpMessage netty && netty.getHttpRequest() != null) {
            List<String> values = netty.getHttpRequest().headers().getAll(name);
            return values.size() == 1 ? values.get(0).strip() : null;
        }
        return message.getHeader(name) instanceof String value ? value.strip() : null;
    }

    /** @return the credentials after the scheme's name in Authorization; null if there is another scheme or none */
    String credentials(String scheme) {
        String value = single(AUTHORIZATION);
        String prefix = scheme.toLowerCase(Locale.ROOT) + " ";
        return value != null && value.toLowerCase(Locale.ROOT).startsWith(prefix)
                ? value.substring(prefix.length()).strip()
                : null;
    }
}
