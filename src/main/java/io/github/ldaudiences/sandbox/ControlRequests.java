package io.github.ldaudiences.sandbox;

import static io.github.ldaudiences.sandbox.Answers.answer;
import static io.github.ldaudiences.sandbox.Answers.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.github.ldaudiences.problem.JsonProblem;
import java.io.IOException;

/** Answers the requests that show and steer the sandbox. */
final class ControlRequests {

    /** What their paths begin with. */
    static final String PREFIX = "/sandbox/";

    private static final String API_PREFIX = "/sandbox" + LaunchDarklyRequests.API_PATH;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Segments segments;
    private final Faults faults;
    private final LaunchDarklyRequests launchDarkly;

    ControlRequests(Segments segments, Faults faults, LaunchDarklyRequests launchDarkly) {
        this.segments = segments;
        this.faults = faults;
        this.launchDarkly = launchDarkly;
    }

    void handle(HttpExchange http, String path) throws IOException {
        if (path.startsWith(API_PREFIX)) {
            launchDarkly.read(http, API_PREFIX);
        } else if (path.equals("/sandbox/segments") || path.startsWith("/sandbox/segments/")) {
            segments(http);
        } else if (path.equals("/sandbox/faults")) {
            faults(http);
        } else if (path.equals("/sandbox/rate-limit")) {
            rateLimit(http);
        } else if (path.equals("/sandbox/stats")) {
            answer(http, 200, launchDarkly.stats());
        } else {
            error(http, 404, "not_found", "Unknown path");
        }
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
            launchDarkly.limit(null);
            answer(http, 204, null);
            return;
        }
        try {
            launchDarkly.limit(JSON.readValue(http.getRequestBody(), RateLimitSetting.class));
            answer(http, 204, null);
        } catch (JsonProcessingException e) {
            error(http, 400, "invalid_request", JsonProblem.of(e));
        }
    }
}
