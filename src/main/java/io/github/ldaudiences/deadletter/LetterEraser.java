package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.deadletter.AboutPerson.Answer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;

/**
 * Rewrites files without the letters about a person. A new file is written and forced to disk, and then replaces the
 * old one, so that a crash leaves one or the other. Appends wait meanwhile. Files without such letters are only read.
 */
final class LetterEraser {

    private static final String SUFFIX = ".rewritten";

    private final AboutPerson about;
    private final Semaphore turn;
    private final Set<String> mentionedIn = new TreeSet<>();
    private long removed;
    private long mentions;

    private interface Line {

        /** @param bytes the line with its line break, which the last line may lack */
        void read(byte[] bytes) throws IOException;
    }

    /**
     * @param about decides which letters are removed
     * @param turn is held by any thread that appends to a file
     */
    LetterEraser(AboutPerson about, Semaphore turn) {
        this.about = about;
        this.turn = turn;
    }

    ErasedLetters erase(Collection<Path> files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(rewritten(file)); // left by a process that was killed here
            try {
                if (hasLetters(file)) {
                    turn.acquireUninterruptibly();
                    try {
                        rewrite(file);
                    } finally {
                        turn.release();
                    }
                }
            } catch (NoSuchFileException e) {
                // It was too old, and has been deleted meanwhile.
            }
        }
        return new ErasedLetters(removed, mentions, mentionedIn);
    }

    private boolean hasLetters(Path file) throws IOException {
        boolean[] some = new boolean[1];
        forEachLine(file, line -> {
            Answer answer = about.of(line);
            some[0] |= answer == Answer.YES;
            if (answer == Answer.MENTIONED) {
                mentions++;
                mentionedIn.add(file.getFileName().toString());
            }
        });
        return some[0];
    }

    private void rewrite(Path file) throws IOException {
        Path rewritten = rewritten(file);
        long before = removed;
        try {
            try (FileChannel channel = FileChannel.open(
                    rewritten,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                keepPermissions(file, rewritten);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                forEachLine(file, line -> {
                    if (about.of(line) == Answer.YES) {
                        removed++;
                    } else {
                        out.write(line);
                    }
                });
                out.flush();
                channel.force(true);
            }
            if (Files.size(rewritten) == 0) {
                Files.delete(file);
            } else {
                Files.move(rewritten, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            ForceToDisk.forceName(file.toAbsolutePath());
        } catch (IOException | RuntimeException e) {
            removed = before;
            throw e;
        } finally {
            Files.deleteIfExists(rewritten);
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (view != null) {
            Files.setPosixFilePermissions(to, view.readAttributes().permissions());
        }
    }

    private static Path rewritten(Path file) {
        return file.resolveSibling(file.getFileName() + SUFFIX);
    }

    private static void forEachLine(Path file, Line line) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int next;
            while ((next = in.read()) >= 0) {
                bytes.write(next);
                if (next == '\n') {
                    line.read(bytes.toByteArray());
                    bytes.reset();
                }
            }
            if (bytes.size() > 0) {
                line.read(bytes.toByteArray());
            }
        }
    }
}
