package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.inbound.http.RequestBody;
import io.github.ldaudiences.inbound.http.connection.SparseLog;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of every HTTP route: rejects unauthenticated requests with 401. The route ends there, whatever its
 * error handling.
 */
public final class Authenticate implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(Authenticate.class);

    private final Supplier<SenderSecrets> secrets;
    private volatile List<Scheme> schemes;
    private final Runnable refused;
    private final SparseLog log = new SparseLog();

    /**
     * If there are no secrets, all requests are accepted.
     *
     * @param secrets provides the secrets that requests are checked against
     * @param refused is called for each rejected request
     */
    public Authenticate(Supplier<SenderSecrets> secrets, Runnable refused) {
        this.secrets = secrets;
        this.refused = refused;
        secretsChanged();
    }

    /** Reloads the secrets. From the next request on, only the new ones are accepted. */
    public void secretsChanged() {
        schemes = secrets.get().schemes();
    }

    /** @return the names of the schemes, any of which is enough; empty if all requests are accepted */
    public List<String> schemes() {
        return schemes.stream().map(Scheme::name).toList();
    }

    @Override
    public void process(Exchange exchange) {
        List<Scheme> known = schemes;
        if (known.isEmpty()) {
            return;
        }
        Message message = exchange.getMessage();
        SentHeaders headers = new SentHeaders(message);
        Supplier<byte[]> body = () -> RequestBody.of(message);
        boolean proven = false;
        for (Scheme scheme : known) {
            proven |= scheme.proves(headers, body);
        }
        if (!proven) {
            refuse(exchange);
            return;
        }
        // Nothing after this step needs the credentials.
        message.removeHeader(SentHeaders.AUTHORIZATION);
        message.removeHeader(SentHeaders.SIGNATURE);
        message.removeHeader(SentHeaders.WRITE_KEY);
    }

    private void refuse(Exchange exchange) {
        refused.run();
        int times = log.happened();
        if (times > 0) {
            LOG.warn(
                    "{} request(s) refused with 401: they are not authenticated by any of {}.",
                    times,
                    String.join(", ", schemes()));
        }
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, ProblemCode.UNAUTHORIZED.status());
        message.setHeader(
                "WWW-Authenticate",
                schemes.stream().map(Scheme::challenge).distinct().toList());
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody("{\"code\":\"" + ProblemCode.UNAUTHORIZED + "\",\"error\":\"Unauthorized.\"}");
        exchange.setRouteStop(true);
    }
}
