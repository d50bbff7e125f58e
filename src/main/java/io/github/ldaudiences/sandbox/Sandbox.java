package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.ldaudiences.problem.JsonProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small HTTP service on loopback in LaunchDarkly's place: it accepts the requests that LaunchDarkly accepts, rejects
 * those that it rejects, keeps the memberships, and simulates faults on request.
 *
 * <ul>
 *   <li>{@code POST /api/v2/segment-targets/segment-audiences}: as in LaunchDarkly
 *   <li>{@code GET /api/v2/versions}, {@code HEAD /sdk/goals/{client-side ID}}: the two credential checks
 *   <li>{@code GET /api/v2/projects/sandbox/environments/{client-side ID}}, {@code GET
 *       /api/v2/segments/sandbox/{client-side ID}}, {@code …/{segment key}}, {@code …/contexts/{context key}}: its
 *       contents, in LaunchDarkly's form; below {@code /sandbox} also without a token
 *   <li>{@code GET /sandbox/segments}, {@code GET /sandbox/segments/{cohortId}}: contents; {@code DELETE} clears them
 *   <li>{@code GET}, {@code POST}, {@code DELETE /sandbox/faults}: see {@link Fault}
 *   <li>{@code POST}, {@code DELETE /sandbox/rate-limit}: see {@link RateLimitSetting}
 *   <li>{@code GET /sandbox/stats}: the number of requests received
 * </ul>
 */
public final class Sandbox implements AutoCloseable {

    /** The sandbox's environment if none is configured. */
    public static final String DEFAULT_CLIENT_SIDE_ID = "test-client-id";

    /** The key of the project of its environments. */
    public static final String PROJECT = "sandbox";

    private static final String API_PATH = "/api/v2/";
    private static final String SYNC_PATH = "/api/v2/segment-targets/segment-audiences";
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;
    private final String serviceToken;
    private final Set<String> environments;
    private final Segments segments = new Segments();
    private final SegmentsApi segmentsApi;
    private final Faults faults = new Faults();
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong members = new AtomicLong();
    private final AtomicLong overlaps = new AtomicLong();
    private volatile RateWindows rateWindows;

    /**
     * Starts a sandbox.
     *
     * @param port loopback port; 0 for a free one
     * @param serviceToken the only token that it accepts
     * @param environments client-side IDs of its environments
     * @throws IOException if the port is not available
     */
    public Sandbox(int port, String serviceToken, Set<String> environments) throws IOException {
        this.serviceToken = serviceToken;
        this.environments = Set.copyOf(environments);
        this.segmentsApi = new SegmentsApi(this.environments, segments);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "launchdarkly-sandbox");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** @return scheme, host and port */
    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    /** @param fault a fault to simulate from now on */
    public void add(Fault fault) {
        faults.add(fault);
    }

    /** Clears all faults. */
    public void clearFaults() {
        faults.clear();
    }

    /** @param setting the rate limit from now on, or null for none */
    public void limit(RateLimitSetting setting) {
        rateWindows = setting == null ? null : new RateWindows(setting);
    }

    /** @return the answer to {@code GET /sandbox/segments} */
    public ObjectNode segments() {
        return segments.all();
    }

    /** Clears all segments, as if someone had deleted them. */
    public void clearSegments() {
        segments.clear();
    }

    /**
     * @param part a part of context keys; empty for all
     * @param most the maximum number of context keys to list for each segment
     * @return the segments with such a context key, whatever their size
     */
    public ObjectNode segments(String part, int most) {
        return segments.some(part, most);
    }

    /** @return the answer to {@code GET /sandbox/stats} */
    public ObjectNode stats() {
        ObjectNode stats = JsonNodeFactory.instance.objectNode();
        stats.put("requests", requests.get());
        stats.put("accepted", accepted.get());
        stats.put("members", members.get());
        stats.put("overlaps", overlaps.get());
        RateWindows limited = rateWindows;
        if (limited != null) {
            limited.report(stats);
        }
        return stats;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange http) throws IOException {
        try {
            String path = http.getRequestURI().getPath();
            if (path.equals(SYNC_PATH)) {
                sync(http);
            } else if (path.equals("/api/v2/versions")) {
                versions(http);
            } else if (path.startsWith(API_PATH)) {
                if (isAuthorized(http)) {
                    read(http, API_PATH);
                }
            } else if (path.startsWith("/sandbox" + API_PATH)) {
                read(http, "/sandbox" + API_PATH);
            } else if (path.startsWith("/sdk/goals/")) {
                boolean known = environments.contains(path.substring("/sdk/goals/".length()));
                answer(http, known ? 200 : 404, known ? JsonNodeFactory.instance.arrayNode() : null);
            } else if (path.equals("/sandbox/segments") || path.startsWith("/sandbox/segments/")) {
                segments(http);
            } else if (path.equals("/sandbox/faults")) {
                faults(http);
            } else if (path.equals("/sandbox/rate-limit")) {
                rateLimit(http);
            } else if (path.equals("/sandbox/stats")) {
                answer(http, 200, stats());
            } else {
                error(http, 404, "not_found", "Unknown path");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            http.close();
        }
    }

    private void sync(HttpExchange http) throws IOException, InterruptedException {
        requests.incrementAndGet();
        if (isTooMany(http)) {
            return;
        }
        byte[] bytes = http.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        SegmentAudiencesBody body = null;
        String problem = null;
        try {
            body = SegmentAudiencesBody.read(bytes);
        } catch (SegmentAudiencesBody.InvalidBodyException e) {
            problem = e.getMessage();
        }
        String segment = body == null
                ? null
                : body.environmentId() + '/' + body.batch().get(0).cohortId();
        if (segment != null && !inFlight.add(segment)) {
            overlaps.incrementAndGet();
            error(http, 409, "optimistic_locking_error", "Conflicts with a concurrent request");
            return;
        }
        boolean open = segment != null;
        try {
            Fault fault = faults.take(body);
            if (fault != null && fault.latencyMs() > 0) {
                Thread.sleep(fault.latencyMs());
            }
            if (fault != null && fault.headers() != null) {
                fault.headers().forEach(http.getResponseHeaders()::set);
            }
            int refusal = fault != null && fault.status() != 0 ? fault.status() : 0;
            boolean take = refusal == 0 || (refusal >= 200 && refusal < 300);
            boolean valid = take && isValid(http, bytes, body, problem);
            if (valid) {
                segments.apply(body);
                accepted.incrementAndGet();
                members.addAndGet(body.batch().size());
            }
            // Before the answer: once the sender has it, the next request for this segment may arrive.
            if (open) {
                inFlight.remove(segment);
                open = false;
            }
            if (valid) {
                answer(http, refusal == 0 ? 204 : refusal, null);
            } else if (!take) {
                misbehave(http, fault);
            }
        } finally {
            if (open) {
                inFlight.remove(segment);
            }
        }
    }

    /** Counts a request, and answers it if it exceeds the rate limit. */
    private boolean isTooMany(HttpExchange http) throws IOException {
        RateWindows limited = rateWindows;
        if (limited == null) {
            return false;
        }
        Map<String, String> headers = new HashMap<>();
        boolean refused = limited.refuses(System.currentTimeMillis(), headers);
        headers.forEach(http.getResponseHeaders()::set);
        if (refused) {
            error(http, 429, "rate_limited", "Too many requests");
        }
        return refused;
    }

    private void read(HttpExchange http, String prefix) throws IOException {
        if (isTooMany(http)) {
            return;
        }
        Fault fault = faults.take(null);
        if (fault != null && fault.status() != 0) {
            if (fault.headers() != null) {
                fault.headers().forEach(http.getResponseHeaders()::set);
            }
            misbehave(http, fault);
            return;
        }
        URI uri = http.getRequestURI();
        try {
            answer(http, 200, segmentsApi.get(uri.getRawPath().substring(prefix.length()), uri.getRawQuery()));
        } catch (SegmentsApi.RefusedException e) {
            error(http, e.status(), e.code(), e.getMessage());
        }
    }

    private static void misbehave(HttpExchange http, Fault fault) throws IOException {
        if (fault.status() < 0) {
            return; // closing the exchange drops the connection
        }
        if (fault.body() == null) {
            error(http, fault.status(), "injected_fault", "The sandbox was told to misbehave");
        } else {
            answer(http, fault.status(), fault.body().getBytes(StandardCharsets.UTF_8), "text/plain");
        }
    }

    /** Answers with an error if LaunchDarkly would reject the request. */
    private boolean isValid(HttpExchange http, byte[] bytes, SegmentAudiencesBody body, String problem)
            throws IOException {
        String contentType = http.getRequestHeaders().getFirst("Content-Type");
        if (!"POST".equals(http.getRequestMethod())) {
            error(http, 405, "method_not_allowed", "Use POST");
        } else if (!isAuthorized(http)) {
            return false;
        } else if (contentType == null || !contentType.split(";")[0].strip().equals("application/json")) {
            error(http, 415, "unsupported_media_type", "The content type must be application/json");
        } else if (!"20240415".equals(http.getRequestHeaders().getFirst("LD-API-Version"))) {
            error(http, 400, "invalid_request", "LD-API-Version must be 20240415");
        } else if (bytes.length > MAX_BODY_BYTES) {
            error(http, 413, "request_too_large", "The request body is too large");
        } else if (problem != null) {
            error(http, 400, "invalid_request", problem);
        } else if (!environments.contains(body.environmentId())) {
            error(http, 404, "not_found", "Unknown environment");
        } else {
            return true;
        }
        return false;
    }

    private void versions(HttpExchange http) throws IOException {
        if (isAuthorized(http)) {
            ObjectNode versions = JsonNodeFactory.instance.objectNode();
            versions.putArray("validVersions").add(20240415);
            answer(http, 200, versions);
        }
    }

    /** Answers with an error if the request does not have the token. */
    private boolean isAuthorized(HttpExchange http) throws IOException {
        boolean authorized = serviceToken.equals(http.getRequestHeaders().getFirst("Authorization"));
        if (!authorized) {
            error(http, 401, "unauthorized", "Invalid access token");
        }
        return authorized;
    }

    private void segments(HttpExchange http) throws IOException {
        String id = http.getRequestURI().getRawPath().substring("/sandbox/segments".length());
        if ("DELETE".equals(http.getRequestMethod())) {
            segments.clear();
            answer(http, 204, null);
        } else if (id.length() <= 1) {
            answer(http, 200, segments.all());
        } else {
            JsonNode one = segments.one(SegmentsApi.decodedPart(id.substring(1)));
            if (one == null) {
                error(http, 404, "not_found", "No such segment");
            } else {
                answer(http, 200, one);
            }
        }
    }

    private void faults(HttpExchange http) throws IOException {
        switch (http.getRequestMethod()) {
            case "POST" -> {
                try {
                    faults.add(JSON.readValue(http.getRequestBody(), Fault.class));
                    answer(http, 204, null);
                } catch (JsonProcessingException e) {
                    error(http, 400, "invalid_request", JsonProblem.of(e));
                }
            }
            case "DELETE" -> {
                faults.clear();
                answer(http, 204, null);
            }
            default -> answer(http, 200, JSON.valueToTree(faults.list()));
        }
    }

    private void rateLimit(HttpExchange http) throws IOException {
        if ("DELETE".equals(http.getRequestMethod())) {
            limit(null);
            answer(http, 204, null);
            return;
        }
        try {
            limit(JSON.readValue(http.getRequestBody(), RateLimitSetting.class));
            answer(http, 204, null);
        } catch (JsonProcessingException e) {
            error(http, 400, "invalid_request", JsonProblem.of(e));
        }
    }

    private static void error(HttpExchange http, int status, String code, String message) throws IOException {
        Map<String, String> body =
                Map.of("code", code, "message", message, "id", UUID.randomUUID().toString());
        answer(http, status, JSON.valueToTree(body));
    }

    private static void answer(HttpExchange http, int status, JsonNode body) throws IOException {
        answer(http, status, body == null ? new byte[0] : JSON.writeValueAsBytes(body), "application/json");
    }

    private static void answer(HttpExchange http, int status, byte[] body, String contentType) throws IOException {
        boolean bodiless = body.length == 0 || status == 204 || "HEAD".equals(http.getRequestMethod());
        if (!bodiless) {
            http.getResponseHeaders().set("Content-Type", contentType);
        }
        http.sendResponseHeaders(status, bodiless ? -1 : body.length);
        if (!bodiless) {
            http.getResponseBody().write(body);
        }
    }
}
