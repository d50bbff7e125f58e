package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.inbound.auth.Authenticate;
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
 * Stands before everything under {@code /console}. It lets through what a program or the console's own page sends. It
 * refuses what another web page has a browser send: by the headers with which browsers say so, and on loopback, where no
 * credentials are needed, by the host, which another site can make resolve to this machine.
 */
public final class ConsoleGuard {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private final CamelContext context;
    private final Authenticate authenticate;
    private final boolean loopback;

    /**
     * @param context any context
     * @param authenticate what callers prove who they are with
     * @param loopback whether only this machine reaches the server, and so nobody has to prove anything
     */
    public ConsoleGuard(CamelContext context, Authenticate authenticate, boolean loopback) {
        this.context = context;
        this.authenticate = authenticate;
        this.loopback = loopback;
    }

    /**
     * @param method HTTP method
     * @param path path, in which nothing is escaped that need not be
     * @param headers finds the values of a header, each time that it is there
     * @return what to answer in place of what was asked for, or null if that may be answered
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
                    "The Host header must name this machine: localhost, 127.0.0.1 or [::1]. For other names, let the"
                            + " management server listen on another address than loopback, with authentication.");
        }
        if (isFromAnotherSite(method, path, host, headers)) {
            return ConsoleAnswer.problem(
                    ProblemCode.FORBIDDEN, "The request comes from a page of another site, which is not answered.");
        }
        // The page has to ask who it is that looks, so that it is there for anybody. It has no secret.
        boolean free = loopback || method.equals("GET") && PageFiles.isOne(path);
        return free ? null : unauthenticated(headers.apply("Authorization"));
    }

    private static boolean isFromAnotherSite(
            String method, String path, String host, Function<String, List<String>> headers) {
        for (String origin : headers.apply("Origin")) {
            // Behind a proxy that speaks TLS, the scheme is another one here than there.
            if (!origin.strip()
                    .toLowerCase(Locale.ROOT)
                    .matches("https?://" + Pattern.quote(host.toLowerCase(Locale.ROOT)))) {
                return true;
            }
        }
        // A link on another site may lead to the page, which shows nothing by itself. What the API answers stays here.
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
