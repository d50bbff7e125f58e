package io.github.ldaudiences;

import io.github.ldaudiences.command.BundleCommand;
import io.github.ldaudiences.standalone.StandaloneMain;

/** Starts the bundle standalone on Camel Main. {@link AudiencesPlugin} installs it in Camel Main's context. */
public final class AudiencesMain {

    private static final String NETTY_CHUNK_SIZE = "io.netty.allocator.maxOrder";

    private AudiencesMain() {}

    /**
     * Runs until the process is told to stop, or executes a command and exits.
     *
     * @param args the name of a command and its arguments; none to run the bundle
     */
    public static void main(String[] args) {
        if (System.getProperty(NETTY_CHUNK_SIZE) == null) {
            // 1 MB for each I/O thread instead of 4, most of which would never be used.
            System.setProperty(NETTY_CHUNK_SIZE, "7");
        }
        // A plain start does not load the classes of the command line.
        int exitCode = args.length == 0 ? new StandaloneMain().runToEnd(System.err) : BundleCommand.execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
