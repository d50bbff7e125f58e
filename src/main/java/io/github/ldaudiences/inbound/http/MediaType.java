package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.problem.ProblemCode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The media type of a request's body.
 *
 * @param name in lower case, without parameters; empty if the request does not say
 */
public record MediaType(String name) {

    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/ndjson", "application/jsonl");

    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*([^\\s;=]+)\\s*=\\s*(?:[\"']([^\"']*)[\"']|([^\\s;\"']*))");

    /** Names of UTF-8 and its subset US-ASCII. */
    private static final Set<String> UTF8 = Set.of("utf-8", "utf8", "us-ascii");

    /**
     * @param contentType value of Content-Type, or null
     * @return its media type
     * @throws RefusedRequestException 415 if it names a charset other than UTF-8
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

    /** @return whether the body should be one JSON document */
    boolean isJson() {
        return isUnspecific() || name.equals("application/json") || name.matches("application/[^/\\s]+\\+json");
    }

    /** @return whether the type does not indicate JSON; a page from any site can have a browser send such a request */
    boolean isUnspecific() {
        return name.isEmpty() || name.equals("text/plain");
    }

    /**
     * @return whether it is the type of a form, with which RudderStack's library for Node sends compressed JSON; a page
     *     from any site can have a browser send such a request
     */
    boolean isForm() {
        return name.equals("application/x-www-form-urlencoded");
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
