package io.github.ldaudiences.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.camel.http.base.HttpOperationFailedException;

/**
 * Why an attempt to deliver a batch failed, and what that means for it.
 *
 * @param kind what follows from it
 * @param status LaunchDarkly's HTTP status, or 0 if there was no answer
 * @param message a sentence without secrets
 */
public record DeliveryFailure(Kind kind, int status, String message) {

    /** What follows from a failure. */
    public enum Kind {
        /** Worth another attempt. */
        TRANSIENT,
        /** LaunchDarkly will never take this request, but may take parts of it. */
        REFUSED_REQUEST,
        /** The token or the environment is wrong: no request at all will be taken until someone mends that. */
        REFUSED_ACCESS,
        /** Nobody waits for it any more: its events will come again. */
        ABANDONED
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_SHOWN = 300;

    /**
     * @param cause what was thrown
     * @return what it means. An unknown failure counts as transient: trying again loses nothing, giving up might
     */
    public static DeliveryFailure of(Throwable cause) {
        if (cause instanceof HttpOperationFailedException http) {
            return of(http.getStatusCode(), http.getResponseBody());
        }
        if (cause instanceof NobodyWaitsException) {
            return new DeliveryFailure(Kind.ABANDONED, 0, cause.getMessage());
        }
        String message = cause.getMessage() == null ? "" : ": " + shorten(cause.getMessage());
        String what = cause instanceof IOException ? "LaunchDarkly could not be reached: " : "";
        return new DeliveryFailure(Kind.TRANSIENT, 0, what + cause.getClass().getSimpleName() + message);
    }

    private static DeliveryFailure of(int status, String body) {
        Kind kind =
                switch (status) {
                    case 400, 413, 422 -> Kind.REFUSED_REQUEST;
                    case 401, 403, 404 -> Kind.REFUSED_ACCESS;
                    default -> Kind.TRANSIENT;
                };
        return new DeliveryFailure(kind, status, "LaunchDarkly answered " + status + answer(body));
    }

    /** LaunchDarkly: {@code {"code","message","id"}}; the id is what its support asks for. */
    private static String answer(String body) {
        if (body == null || body.isBlank()) {
            return "";
        }
        try {
            JsonNode json = JSON.readTree(body);
            if (json != null && json.hasNonNull("message")) {
                String id = json.hasNonNull("id") ? " (id " + json.get("id").asText() + ")" : "";
                return ": " + shorten(json.get("message").asText()) + shorten(id);
            }
        } catch (JsonProcessingException e) {
            // Not LaunchDarkly's own error format: a proxy's page, perhaps. Its text is all there is to show.
        }
        return ": " + shorten(body);
    }

    private static String shorten(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        String kept = line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
        return text.startsWith(" ") ? " " + kept : kept;
    }
}
