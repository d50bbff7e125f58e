package io.github.ldaudiences.deadletter;

import java.nio.file.Path;

/** Completes the configured URI of the dead letter, so that files are always appended to. */
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
     * @return whether they are kept in a folder without a configured file name, so that the files are the bundle's own
     */
    public static boolean isFolder(String uri) {
        return isFile(uri) && !uri.contains("fileName=");
    }

    /**
     * @param uri the configured URI of a folder
     * @return the folder
     */
    public static Path folder(String uri) {
        return Path.of(uri.replaceFirst("^file:(//)?", "").replaceFirst("\\?.*", ""));
    }

    /**
     * @param uri the configured URI
     * @return the URI of the endpoint that the route writes to
     */
    public static String of(String uri) {
        if (!isFile(uri) || uri.contains("fileExist=")) {
            return uri;
        }
        // Camel would otherwise replace the file with each write.
        return uri + (uri.contains("?") ? "&" : "?") + "fileExist=Append";
    }
}
