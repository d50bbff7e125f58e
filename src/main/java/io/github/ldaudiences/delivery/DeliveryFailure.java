package io.github.ldaudiences.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.event.ShortText;
import io.github.ldaudiences.outbound.IncompleteAnswerException;
import io.github.ldaudiences.outbound.ProxyException;
import io.github.ldaudiences.secret.Secret;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.http.base.HttpOperationFailedException;

/**
 * Why an attempt to deliver a batch failed, and what follows from that. An HTTP status of LaunchDarkly becomes retry,
 * reject or hold here.
 *
 * @param kind what follows from it
 * @param status LaunchDarkly's HTTP status, or 0 if there was no answer
 * @param reason a sentence without secrets
 * @param said the message in LaunchDarkly's answer, or null if there was none
 * @param supportId LaunchDarkly: the id of the answer, for its support; or null
 */
public record DeliveryFailure(Kind kind, int status, String reason, String said, String supportId) {

    /** What follows from a failure. */
    public enum Kind {
        /** Retry: another attempt may succeed. {@link RetryWhileAwaited} says how long that is tried. */
        TRANSIENT,
        /**
         * Reject: LaunchDarkly will never accept this request, but may accept parts of it. {@link DeliveryOutcome} has
         * it divided until the members at fault stand alone.
         */
        REFUSED_REQUEST,
        /**
         * Hold: the token, the environment or the host is wrong, and every request will be refused until that is fixed.
         * {@link DestinationHold} keeps requests back until then.
         */
        REFUSED_ACCESS,
        /** No source waits for the batch any more: its events will be sent again. */
        ABANDONED
    }

    /** What follows from statuses that do not mean the same as most others of their class. */
    private static final Map<Integer, Kind> KINDS = Map.of(
            400, Kind.REFUSED_REQUEST,
            408, Kind.TRANSIENT,
            409, Kind.TRANSIENT,
            413, Kind.REFUSED_REQUEST,
            422, Kind.REFUSED_REQUEST,
            423, Kind.TRANSIENT,
            425, Kind.TRANSIENT,
            429, Kind.TRANSIENT);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_SHOWN = 300;

    /**
     * @param cause the exception
     * @return the failure. An unknown exception counts as transient: a retry loses nothing, giving up might
     */
    public static DeliveryFailure of(Throwable cause) {
        if (cause instanceof HttpOperationFailedException http) {
            return of(http.getStatusCode(), http.getResponseBody());
        }
        if (cause instanceof DestinationHeldException) {
            return new DeliveryFailure(Kind.REFUSED_ACCESS, 0, cause.getMessage(), null, null);
        }
        if (cause instanceof NobodyWaitsException) {
            return new DeliveryFailure(Kind.ABANDONED, 0, cause.getMessage(), null, null);
        }
        if (cause instanceof IncompleteAnswerException) {
            String reason = "LaunchDarkly gave no complete answer: " + shorten(cause.getMessage());
            return new DeliveryFailure(Kind.TRANSIENT, 0, reason, null, null);
        }
        if (cause instanceof ProxyException) {
            String reason = "LaunchDarkly could not be reached: " + shorten(cause.getMessage());
            return new DeliveryFailure(Kind.TRANSIENT, 0, reason, null, null);
        }
        String message = cause.getMessage() == null ? "" : ": " + shorten(cause.getMessage());
        String what = cause instanceof IOException ? "LaunchDarkly could not be reached: " : "";
        return new DeliveryFailure(Kind.TRANSIENT, 0, what + cause.getClass().getSimpleName() + message, null, null);
    }

    /**
     * @param status LaunchDarkly's HTTP status, which is not a success
     * @param body the body of its answer, or null
     * @return the failure
     */
    public static DeliveryFailure of(int status, String body) {
        String answered = "LaunchDarkly answered " + status;
        if (body == null || body.isBlank()) {
            return new DeliveryFailure(kind(status), status, answered, null, null);
        }
        try {
            // LaunchDarkly: {"code","message","id"}
            JsonNode json = JSON.readTree(body);
            if (json != null && json.hasNonNull("message")) {
                String id = json.hasNonNull("id") ? shorten(json.get("id").asText()) : null;
                String said = shorten(json.get("message").asText());
                return new DeliveryFailure(kind(status), status, answered + ": " + said, said, id);
            }
        } catch (JsonProcessingException e) {
            // Not LaunchDarkly's error format, perhaps a proxy's page. Its text is all there is to show.
        }
        String said = shorten(body);
        return new DeliveryFailure(kind(status), status, answered + ": " + said, said, null);
    }

    private static Kind kind(int status) {
        // A server that redirects, or does not know this path or method, is not LaunchDarkly's API.
        return KINDS.getOrDefault(status, status < 500 ? Kind.REFUSED_ACCESS : Kind.TRANSIENT);
    }

    /** @return whether the status itself, and not only its class, decides what follows from it */
    static boolean isDecidedBy(int status) {
        return KINDS.containsKey(status);
    }

    /** @return the reason, with LaunchDarkly's id if there is one */
    public String message() {
        return supportId == null ? reason : reason + " (id " + supportId + ")";
    }

    /** @return a reason that anyone may see: LaunchDarkly's message about a request may name a member of it */
    String withoutPeople() {
        return "LaunchDarkly answered " + status + (supportId == null ? "" : " (id " + supportId + ")");
    }

    private static String shorten(String text) {
        // Masks secrets before the text is shortened, while they are complete.
        return ShortText.of(Secret.maskIn(text).strip().replaceAll("\\s+", " "), MAX_SHOWN);
    }
}
