package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Ensures that text appended to a file of lines starts on a line of its own. */
final class WholeLines {

    private WholeLines() {}

    /**
     * Ends the last line of a file, in case a writer was interrupted.
     *
     * @param file a file, which need not exist
     * @throws IOException if the file can be neither read nor appended to
     */
    static void end(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size > 0 && lastByte(channel, size) != '\n') {
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
            }
        }
    }

    private static byte lastByte(FileChannel channel, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        if (channel.read(last, size - 1) != 1) {
            throw new IOException("The end of the file could not be read.");
        }
        return last.get(0);
    }
}
