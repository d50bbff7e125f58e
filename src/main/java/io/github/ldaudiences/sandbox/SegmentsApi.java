package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of LaunchDarkly's REST API about environments and segments. All environments of the sandbox are in one
 * project, and the key of each is its client-side ID.
 */
final class SegmentsApi {

    /** LaunchDarkly: the default page size for segments. */
    private static final int USUAL_LIMIT = 20;

    /** LaunchDarkly: the filter for big segments. All segments of the sandbox are big. */
    private static final String BIG_SEGMENTS = "unbounded equals true";

    /** A request that LaunchDarkly would refuse. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;

        private RefusedException(int status, String code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }

        int status() {
            return status;
        }

        String code() {
            return code;
        }
    }

    private final Set<String> environments;
    private final Segments segments;

    SegmentsApi(Set<String> environments, Segments segments) {
        this.environments = environments;
        this.segments = segments;
    }

    /**
     * @param path the path as sent, after {@code /api/v2/}
     * @param query the query as sent, or null
     * @return the body of the answer with status 200
     * @throws RefusedException if the status is another
     */
    ObjectNode get(String path, String query) throws RefusedException {
        List<String> parts =
                Arrays.stream(path.split("/")).map(SegmentsApi::decodedPart).toList();
        boolean segment = parts.get(0).equals("segments");
        if (parts.size() == 4 && parts.get(0).equals("projects") && parts.get(2).equals("environments")) {
            return environment(known(parts.get(1), parts.get(3)));
        }
        if (segment && parts.size() == 3) {
            return page(segments.of(known(parts.get(1), parts.get(2))), parameters(query));
        }
        if (segment && parts.size() == 4) {
            return found(segments.one(known(parts.get(1), parts.get(2)), parts.get(3)));
        }
        if (segment && parts.size() == 6 && parts.get(4).equals("contexts")) {
            return found(segments.membership(known(parts.get(1), parts.get(2)), parts.get(3), parts.get(5)));
        }
        throw notFound("Unknown path");
    }

    private String known(String project, String environment) throws RefusedException {
        if (!project.equals(Sandbox.PROJECT)) {
            throw notFound("Unknown project key " + project);
        }
        if (!environments.contains(environment)) {
            throw notFound("Unknown environment key " + environment);
        }
        return environment;
    }

    private static ObjectNode environment(String key) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("_id", key)
                .put("key", key)
                .put("name", "Sandbox");
    }

    private static ObjectNode page(List<ObjectNode> all, Map<String, String> parameters) throws RefusedException {
        if (!parameters.getOrDefault("filter", BIG_SEGMENTS).equals(BIG_SEGMENTS)) {
            throw new RefusedException(400, "invalid_request", "The sandbox knows the filter " + BIG_SEGMENTS);
        }
        int from = Math.min(number(parameters.get("offset"), 0), all.size());
        int to = Math.min(from + number(parameters.get("limit"), USUAL_LIMIT), all.size());
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode items = page.putArray("items");
        all.subList(from, to).forEach(items::add);
        page.putObject("_links");
        return page.put("totalCount", all.size());
    }

    private static int number(String text, int otherwise) throws RefusedException {
        try {
            return text == null ? otherwise : Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new RefusedException(400, "invalid_request", "limit and offset must be numbers");
        }
    }

    private static ObjectNode found(JsonNode segment) throws RefusedException {
        if (segment == null) {
            throw notFound("Unknown segment key");
        }
        return (ObjectNode) segment;
    }

    private static RefusedException notFound(String message) {
        return new RefusedException(404, "not_found", message);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query != null) {
            for (String each : query.split("&")) {
                String[] parts = each.split("=", 2);
                parameters.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    /** Decodes a part of a path, in which a plus sign stands for itself. */
    static String decodedPart(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
