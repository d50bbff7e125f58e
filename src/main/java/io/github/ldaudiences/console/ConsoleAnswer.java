package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.Map;

/**
 * A response of the console.
 *
 * @param problem why the request is refused; null if it is not, or if that is counted elsewhere
 * @param status HTTP status
 * @param headers headers in addition to those of every response
 * @param body body
 */
public record ConsoleAnswer(ProblemCode problem, int status, Map<String, List<String>> headers, JsonNode body) {

    /**
     * @param body body
     * @return 200
     */
    static ConsoleAnswer ok(JsonNode body) {
        return new ConsoleAnswer(null, 200, Map.of(), body);
    }

    /**
     * @param code the problem, which determines the status
     * @param error a sentence for the sender of the request
     * @return an error response
     */
    static ConsoleAnswer problem(ProblemCode code, String error) {
        return problem(code, error, Map.of());
    }

    /**
     * @param refused why the request is rejected
     * @return an error response
     */
    static ConsoleAnswer of(RefusedRequestException refused) {
        return problem(
                refused.code(),
                refused.getMessage(),
                refused.header() == null ? Map.of() : Map.of(refused.header(), List.of(refused.headerValue())));
    }

    private static ConsoleAnswer problem(ProblemCode code, String error, Map<String, List<String>> headers) {
        return new ConsoleAnswer(
                code,
                code.status(),
                headers,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code.toString())
                        .put("error", error));
    }
}
