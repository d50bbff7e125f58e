package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.inbound.http.auth.Authenticate;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/**
 * Guards everything under {@code /console}. It accepts requests of programs and of the console's own page. It rejects
 * requests that another web page makes in a browser, which it recognizes by the headers that browsers send. On
 * loopback, where no credentials are needed, it also checks the host, because another site can make its name resolve to
 * this machine.
 */
public final class ConsoleGuard {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private final CamelContext context;
    private final Authenticate authenticate;
    private final boolean loopback;

    /**
     * @param context any context
     * @param authenticate authenticates callers
     * @param loopback whether the server is reachable only from this machine, so that callers need no credentials
     */
    public ConsoleGuard(CamelContext context, Authenticate authenticate, boolean loopback) {
        this.context = context;
        this.authenticate = authenticate;
        this.loopback = loopback;
    }

    /**
     * @param method HTTP method
     * @param path path, without unnecessary escapes
     * @param headers returns all values of a header
     * @return the error to answer with, or null if the request is accepted
     */
    ConsoleAnswer refuse(String method, String path, Function<String, List<String>> headers) {
        List<String> hosts = headers.apply("Host");
        if (hosts.size() != 1) {
            return ConsoleAnswer.problem(ProblemCode.FORBIDDEN, "The request must have one Host header.");
        }
        String host = hosts.get(0).strip();
        if (loopback && !LOOPBACK.matcher(host).matches()) {
            return ConsoleAnswer.problem(
                    ProblemCode.FORBIDDEN,
                    "The Host header must name this machine: localhost, 127.0.0.1 or [::1]. For other names, let"
                            + " the management server listen on an address other than loopback, with"
                            + " authentication.");
        }
        if (isFromAnotherSite(method, path, host, headers)) {
            return ConsoleAnswer.problem(
                    ProblemCode.FORBIDDEN, "The request comes from a page of another site. Such requests are refused.");
        }
        // The page itself is served without authentication, because it has to ask for the credentials. It contains no
        // secret.
        boolean free = loopback || method.equals("GET") && PageFiles.isOne(path);
        return free ? null : unauthenticated(headers.apply("Authorization"));
    }

    private static boolean isFromAnotherSite(
            String method, String path, String host, Function<String, List<String>> headers) {
        for (String origin : headers.apply("Origin")) {
            // Ignores the scheme, which differs behind a proxy that terminates TLS.
            if (!origin.strip()
                    .toLowerCase(Locale.ROOT)
                    .matches("https?://" + Pattern.quote(host.toLowerCase(Locale.ROOT)))) {
                return true;
            }
        }
        // Another site may link to the page, which shows nothing by itself. It may not read the API.
        boolean link = method.equals("GET")
                && !path.startsWith(ConsoleApi.PATH)
                && headers.apply("Sec-Fetch-Mode").equals(List.of("navigate"))
                && headers.apply("Sec-Fetch-Dest").equals(List.of("document"));
        return !link
                && headers.apply("Sec-Fetch-Site").stream()
                        .anyMatch(site -> !site.equals("same-origin") && !site.equals("none"));
    }

    private ConsoleAnswer unauthenticated(List<String> authorization) {
        Exchange exchange = new DefaultExchange(context);
        if (authorization.size() == 1) {
            exchange.getMessage().setHeader("Authorization", authorization.get(0));
        }
        authenticate.process(exchange);
        if (!exchange.isRouteStop()) {
            return null;
        }
        List<?> challenges = exchange.getMessage().getHeader("WWW-Authenticate", List.class);
        return new ConsoleAnswer(
                ProblemCode.UNAUTHORIZED,
                ProblemCode.UNAUTHORIZED.status(),
                Map.of(
                        "WWW-Authenticate",
                        challenges.stream().map(Object::toString).toList()),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", ProblemCode.UNAUTHORIZED.toString())
                        .put("error", "Unauthorized."));
    }
}
