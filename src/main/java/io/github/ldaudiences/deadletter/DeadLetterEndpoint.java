package io.github.ldaudiences.deadletter;

/** Completes the configured URI of the dead letter: a folder alone becomes a file a day in it, always appended to. */
public final class DeadLetterEndpoint {

    private DeadLetterEndpoint() {}

    /**
     * @param uri the configured URI
     * @return whether dead letters are kept in files
     */
    public static boolean isFile(String uri) {
        return uri.startsWith("file:");
    }

    /**
     * @param uri the configured URI
     * @return the URI of the endpoint that the route writes to
     */
    public static String of(String uri) {
        if (!isFile(uri)) {
            return uri;
        }
        String complete = with(uri, "fileName=", "dead-letter-${date:now:yyyyMMdd}.ndjson");
        // Camel would replace the file with each write.
        return with(complete, "fileExist=", "Append");
    }

    private static String with(String uri, String option, String value) {
        return uri.contains(option) ? uri : uri + (uri.contains("?") ? "&" : "?") + option + value;
    }
}
