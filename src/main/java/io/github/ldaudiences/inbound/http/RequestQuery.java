package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The query parameters of a request without a body. */
public final class RequestQuery {

    private final Map<String, String> values;

    private RequestQuery(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the query, and removes all headers: headers from outside must not affect Camel.
     *
     * @param message the request
     * @param allowed the allowed parameters, each at most once
     * @return its parameters
     * @throws RefusedRequestException if it has other parameters, or a body. A signature authenticates only a body: the
     *     signature of an event must not authenticate a request to which somebody has added that event
     */
    public static RequestQuery of(Message message, Set<String> allowed) throws RefusedRequestException {
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        boolean body = RequestBody.of(message).length > 0;
        message.removeHeaders("*");
        message.setBody(null);
        if (body) {
            throw new RefusedRequestException(ProblemCode.QUERY_INVALID, "The request may have a query, but no body.");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> parameter : parameters(query).entrySet()) {
            String name = parameter.getKey();
            if (!allowed.contains(name)) {
                throw new RefusedRequestException(
                        ProblemCode.QUERY_INVALID,
                        "The query may have " + String.join(", ", new TreeSet<>(allowed)) + ", and nothing else.");
            }
            if (parameter.getValue().size() > 1 || parameter.getValue().get(0).isEmpty()) {
                throw new RefusedRequestException(
                        ProblemCode.QUERY_INVALID, "The query must have " + name + " once, and with a value.");
            }
            values.put(name, parameter.getValue().get(0));
        }
        return new RequestQuery(values);
    }

    private static Map<String, List<String>> parameters(String query) throws RefusedRequestException {
        try {
            return query == null ? Map.of() : new QueryStringDecoder(query, false).parameters();
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(ProblemCode.QUERY_INVALID, "The query has an escape that is not valid.");
        }
    }

    /**
     * @param name name of a parameter
     * @return its value, or null
     */
    public String get(String name) {
        return values.get(name);
    }

    /**
     * @param name name of a parameter
     * @param otherwise its default value
     * @param max its highest value; the lowest is 1
     * @return its value
     * @throws RefusedRequestException if the value is not such a number
     */
    public int number(String name, int otherwise, int max) throws RefusedRequestException {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= max) {
                return number;
            }
        }
        throw new RefusedRequestException(
                ProblemCode.QUERY_INVALID, name + " must be a whole number from 1 to " + max + ".");
    }

    /**
     * @param name name of a parameter
     * @param allowed the allowed values
     * @return its value, or null
     * @throws RefusedRequestException if the value is not allowed
     */
    public String oneOf(String name, Set<String> allowed) throws RefusedRequestException {
        String value = values.get(name);
        if (value != null && !allowed.contains(value)) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID,
                    name + " must be one of " + String.join(", ", new TreeSet<>(allowed)) + ".");
        }
        return value;
    }
}
