package io.github.ldaudiences;

import io.github.ldaudiences.command.BundleCommand;
import io.github.ldaudiences.command.StandaloneMain;

/** Starts the bundle standalone, on Camel Main, in whose context {@link AudiencesPlugin} installs it. */
public final class AudiencesMain {

    private static final String NETTY_CHUNK_SIZE = "io.netty.allocator.maxOrder";

    private AudiencesMain() {}

    /**
     * Runs until the process is told to stop, or carries out a command and ends.
     *
     * @param args the name of a command and what it takes; nothing to run
     */
    public static void main(String[] args) {
        if (System.getProperty(NETTY_CHUNK_SIZE) == null) {
            // 1 MB for each thread that reads or writes, instead of 4, of which most would never be used.
            System.setProperty(NETTY_CHUNK_SIZE, "7");
        }
        // The usual start does not wait for the classes of the command line.
        int exitCode = args.length == 0 ? new StandaloneMain().runToEnd(System.err) : BundleCommand.execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
