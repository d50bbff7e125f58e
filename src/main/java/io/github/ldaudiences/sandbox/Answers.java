package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;

/** Writes the answers of the sandbox, in LaunchDarkly's form. */
final class Answers {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    static void error(HttpExchange http, int status, String code, String message) throws IOException {
        Map<String, String> body =
                Map.of("code", code, "message", message, "id", UUID.randomUUID().toString());
        answer(http, status, JSON.valueToTree(body));
    }

    static void answer(HttpExchange http, int status, JsonNode body) throws IOException {
        answer(http, status, body == null ? new byte[0] : JSON.writeValueAsBytes(body), "application/json");
    }

    static void answer(HttpExchange http, int status, byte[] body, String contentType) throws IOException {
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
