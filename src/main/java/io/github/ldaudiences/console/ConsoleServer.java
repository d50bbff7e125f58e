package io.github.ldaudiences.console;

import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import io.github.ldaudiences.problem.ProblemCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Adds the console to Camel Main's management server. It needs Vert.x, which other runtimes do not have. */
public final class ConsoleServer {

    private ConsoleServer() {}

    /**
     * @param router of the management server
     * @param guard checks every request
     * @param api answers requests below {@code /console/api/}
     * @param refused counts the requests that are answered with an error
     * @param maxBodyBytes the maximum size of a body in bytes
     */
    public static void serve(
            Router router, ConsoleGuard guard, ConsoleApi api, RefusedRequests refused, long maxBodyBytes) {
        router.route("/console/*")
                .handler(routing -> {
                    setStandardHeaders(routing.response());
                    HttpServerRequest request = routing.request();
                    ConsoleAnswer refusal = guard.refuse(
                            request.method().name(), routing.normalizedPath(), name -> headers(request, name));
                    if (refusal == null) {
                        routing.next();
                    } else {
                        send(routing, refused, refusal);
                    }
                })
                .failureHandler(routing -> fail(routing, refused, maxBodyBytes));
        router.route(ConsoleApi.PATH + "*")
                .handler(BodyHandler.create(false).setBodyLimit(maxBodyBytes))
                .blockingHandler(routing -> send(routing, refused, api.answer(request(routing))), false);
        router.get("/console/*").handler(new ConsoleFiles());
        router.route("/console/*").last().handler(routing -> send(routing, refused, ConsoleApi.notFound()));
    }

    private static void setStandardHeaders(HttpServerResponse response) {
        response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cache-Control", "no-store");
    }

    /** In HTTP/2 a pseudo-header replaces Host. */
    private static List<String> headers(HttpServerRequest request, String name) {
        List<String> values = request.headers().getAll(name);
        HostAndPort authority = request.version() == HttpVersion.HTTP_2 ? request.authority() : null;
        return name.equals("Host") && authority != null
                ? Stream.concat(Stream.of(authority.toString()), values.stream())
                        .distinct()
                        .toList()
                : values;
    }

    private static ConsoleRequest request(RoutingContext routing) {
        Buffer body = routing.body().buffer();
        return new ConsoleRequest(
                routing.request().method().name(),
                routing.normalizedPath(),
                routing.request().query(),
                routing.request().getHeader("Content-Type"),
                body == null ? new byte[0] : body.getBytes());
    }

    private static void send(RoutingContext routing, RefusedRequests refused, ConsoleAnswer answer) {
        if (answer.problem() != null) {
            refused.count(answer.problem());
        }
        HttpServerResponse response = routing.response();
        answer.headers().forEach(response::putHeader);
        response.setStatusCode(answer.status())
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(answer.body().toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void fail(RoutingContext routing, RefusedRequests refused, long maxBodyBytes) {
        if (routing.response().ended()) {
            return;
        }
        int status = routing.failure() instanceof HttpException http ? http.getStatusCode() : routing.statusCode();
        send(
                routing,
                refused,
                switch (status) {
                    case 413 ->
                        ConsoleAnswer.problem(
                                ProblemCode.BODY_TOO_LARGE, "The body has more than " + maxBodyBytes + " bytes.");
                    case 400 ->
                        ConsoleAnswer.problem(ProblemCode.REQUEST_NOT_UNDERSTOOD, "The request is not valid HTTP.");
                    default -> ConsoleAnswer.problem(ProblemCode.INTERNAL_ERROR, "Internal error.");
                });
    }
}
