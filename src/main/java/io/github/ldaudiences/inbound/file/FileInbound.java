package io.github.ldaudiences.inbound.file;

/** Completes the configured URI of the file inbound. */
public final class FileInbound {

    private FileInbound() {}

    /**
     * @param uri the configured URI
     * @return the URI that the route reads from
     */
    public static String endpoint(String uri) {
        // Otherwise the consumer would start the next file while this one waits for delivery, and eventually all files.
        return uri.contains("synchronous=") ? uri : uri + (uri.contains("?") ? "&" : "?") + "synchronous=true";
    }
}
