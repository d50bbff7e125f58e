package io.github.ldaudiences.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.problem.JsonProblem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;

/**
 * A request to the console's API.
 *
 * @param method HTTP method
 * @param path path, without unnecessary escapes
 * @param query the part after the question mark, or null
 * @param contentType content type of the body, or null
 * @param body body, which may be empty
 */
public record ConsoleRequest(String method, String path, String query, String contentType, byte[] body) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * @param context any context
     * @param allowed the allowed query parameters
     * @return the parameters
     * @throws RefusedRequestException if there are other parameters, or the request has a body
     */
    RequestQuery parameters(CamelContext context, Set<String> allowed) throws RefusedRequestException {
        DefaultMessage message = new DefaultMessage(context);
        message.setHeader(Exchange.HTTP_RAW_QUERY, query);
        message.setBody(body);
        return RequestQuery.of(message, allowed);
    }

    /**
     * @param allowed the allowed fields of the body
     * @return the body
     * @throws RefusedRequestException if the body is not a JSON object, has other fields, or comes with a query
     */
    ObjectNode json(Set<String> allowed) throws RefusedRequestException {
        if (query != null) {
            throw new RefusedRequestException(ProblemCode.QUERY_INVALID, "The request must have no query.");
        }
        // Pages of other sites cannot send this type without a preflight request.
        if (contentType == null || !contentType.matches("(?i)application/json *(;.*)?")) {
            throw new RefusedRequestException(
                    ProblemCode.CONTENT_TYPE_NOT_SUPPORTED, "The content type must be application/json.");
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new RefusedRequestException(
                    ProblemCode.NOT_JSON, "The body is not valid JSON: " + JsonProblem.of(e) + ".");
        } catch (IOException e) {
            throw new RefusedRequestException(ProblemCode.NOT_JSON, "The body could not be read.");
        }
        if (!(json instanceof ObjectNode object)) {
            throw new RefusedRequestException(ProblemCode.NOT_AN_OBJECT, "The body must be a JSON object.");
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            if (!allowed.contains(names.next())) {
                throw new RefusedRequestException(
                        ProblemCode.QUERY_INVALID,
                        "The body may have " + String.join(", ", new TreeSet<>(allowed)) + ", and nothing else.");
            }
        }
        return object;
    }
}
