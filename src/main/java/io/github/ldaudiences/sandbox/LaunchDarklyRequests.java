package io.github.ldaudiences.sandbox;

import static io.github.ldaudiences.sandbox.Answers.answer;
import static io.github.ldaudiences.sandbox.Answers.error;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Answers the requests that LaunchDarkly answers, as it would, or with the fault that is to be simulated. */
final class LaunchDarklyRequests {

    static final String API_PATH = "/api/v2/";

    private static final String SYNC_PATH = "/api/v2/segment-targets/segment-audiences";
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    private final String serviceToken;
    private final Set<String> environments;
    private final Segments segments;
    private final SegmentsApi segmentsApi;
    private final Faults faults;
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong members = new AtomicLong();
    private final AtomicLong overlaps = new AtomicLong();
    private volatile RateWindows rateWindows;

    LaunchDarklyRequests(String serviceToken, Set<String> environments, Segments segments, Faults faults) {
        this.serviceToken = serviceToken;
        this.environments = environments;
        this.segments = segments;
        this.segmentsApi = new SegmentsApi(environments, segments);
        this.faults = faults;
    }

    /** @param setting the rate limit from now on, or null for none */
    void limit(RateLimitSetting setting) {
        rateWindows = setting == null ? null : new RateWindows(setting);
    }

    /** @return how many requests there were, and what became of them */
    ObjectNode stats() {
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

    void handle(HttpExchange http, String path) throws IOException, InterruptedException {
        if (path.equals(SYNC_PATH)) {
            sync(http);
        } else if (path.equals("/api/v2/versions")) {
            versions(http);
        } else if (path.startsWith(API_PATH)) {
            if (isAuthorized(http)) {
                read(http, API_PATH);
            }
        } else if (path.startsWith("/sdk/goals/")) {
            boolean known = environments.contains(path.substring("/sdk/goals/".length()));
            answer(http, known ? 200 : 404, known ? JsonNodeFactory.instance.arrayNode() : null);
        } else {
            error(http, 404, "not_found", "Unknown path");
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

    /**
     * Answers with a part of the contents.
     *
     * @param http a request, whose token has been checked if it needs one
     * @param prefix what its path begins with, up to the path of LaunchDarkly's API
     */
    void read(HttpExchange http, String prefix) throws IOException {
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
}
