package io.github.ldaudiences.inbound;

import io.github.ldaudiences.problem.ProblemCode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request says of its body.
 *
 * @param name in lower case, without parameters; empty if the request says nothing
 */
public record MediaType(String name) {

    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/ndjson", "application/jsonl");

    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*([^\\s;=]+)\\s*=\\s*(?:[\"']([^\"']*)[\"']|([^\\s;\"']*))");

    /** Names of UTF-8, and of what is UTF-8 as well. */
    private static final Set<String> UTF8 = Set.of("utf-8", "utf8", "us-ascii");

    /**
     * @param contentType value of Content-Type, or null
     * @return its media type
     * @throws RefusedRequestException 415 if it names another charset than UTF-8
     */
    static MediaType of(String contentType) throws RefusedRequestException {
        String value = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        int end = value.indexOf(';');
        if (end < 0) {
            return new MediaType(value.strip());
        }
        Matcher parameter = PARAMETER.matcher(value);
        while (parameter.find()) {
            String charset = parameter.group(2) == null
                    ? parameter.group(3)
                    : parameter.group(2).strip();
            if (parameter.group(1).equals("charset") && !UTF8.contains(charset)) {
                throw new RefusedRequestException(ProblemCode.CONTENT_TYPE_NOT_SUPPORTED, "The charset must be UTF-8.");
            }
        }
        return new MediaType(value.substring(0, end).strip());
    }

    /** @return whether the body is one JSON document, if it is what it should be */
    boolean isJson() {
        return isUnspecific() || name.equals("application/json") || name.matches("application/[^/\\s]+\\+json");
    }

    /** @return whether it says nothing of JSON; a page from anywhere can have a browser send such a request */
    boolean isUnspecific() {
        return name.isEmpty() || name.equals("text/plain");
    }

    /** @return whether each event is the data of a CloudEvent */
    boolean isCloudEvents() {
        return name.equals("application/cloudevents+json") || name.equals("application/cloudevents-batch+json");
    }

    /** @return whether each line of the body is a JSON document */
    public boolean isLines() {
        return LINES.contains(name);
    }
}
