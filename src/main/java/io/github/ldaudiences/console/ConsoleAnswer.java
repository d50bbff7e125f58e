package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.inbound.RefusedRequestException;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.Map;

/**
 * An answer of the console.
 *
 * @param status HTTP status
 * @param headers headers beside those that each answer has
 * @param body body
 */
public record ConsoleAnswer(int status, Map<String, List<String>> headers, JsonNode body) {

    /**
     * @param body body
     * @return 200
     */
    static ConsoleAnswer ok(JsonNode body) {
        return new ConsoleAnswer(200, Map.of(), body);
    }

    /**
     * @param code what is wrong, which has the status
     * @param error a sentence for who has sent the request
     * @return an error
     */
    static ConsoleAnswer problem(ProblemCode code, String error) {
        return problem(code, error, Map.of());
    }

    /**
     * @param refused why the request is refused
     * @return an error
     */
    static ConsoleAnswer of(RefusedRequestException refused) {
        return problem(
                refused.code(),
                refused.getMessage(),
                refused.header() == null ? Map.of() : Map.of(refused.header(), List.of(refused.headerValue())));
    }

    private static ConsoleAnswer problem(ProblemCode code, String error, Map<String, List<String>> headers) {
        return new ConsoleAnswer(
                code.status(),
                headers,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code.toString())
                        .put("error", error));
    }
}
