package io.github.ldaudiences.inbound.auth;

import io.github.ldaudiences.inbound.RequestBody;
import io.github.ldaudiences.inbound.SparseLog;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of every HTTP route: goes on only with a request whose sender has proven that it may send. Any other
 * gets 401, and the route ends there, whatever the route does with errors.
 */
public final class Authenticate implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(Authenticate.class);

    private final Supplier<SenderSecrets> secrets;
    private volatile List<Scheme> schemes;
    private final Runnable refused;
    private final SparseLog log = new SparseLog();

    /**
     * With no secret at all, everything may pass.
     *
     * @param secrets gives what proves a request
     * @param refused is told of each request that is refused
     */
    public Authenticate(Supplier<SenderSecrets> secrets, Runnable refused) {
        this.secrets = secrets;
        this.refused = refused;
        secretsChanged();
    }

    /** Asks for the secrets again. From the next request on, nothing but these proves one. */
    public void secretsChanged() {
        schemes = secrets.get().schemes();
    }

    /** @return the names of the schemes, any of which is enough; empty if everything may pass */
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
        // They have served, and nobody behind this needs to know them.
        message.removeHeader(SentHeaders.AUTHORIZATION);
        message.removeHeader(SentHeaders.SIGNATURE);
    }

    private void refuse(Exchange exchange) {
        refused.run();
        int times = log.happened();
        if (times > 0) {
            LOG.warn(
                    "{} request(s) refused with 401: they were not proven by any of {}.",
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
