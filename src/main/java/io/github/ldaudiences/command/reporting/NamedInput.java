package io.github.ldaudiences.command.reporting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the input that a command line names. */
public final class NamedInput {

    /** Names the standard input. */
    public static final String STANDARD_INPUT = "-";

    private NamedInput() {}

    /**
     * @param name path of a file, or {@link #STANDARD_INPUT}
     * @param in the standard input
     * @return the content
     * @throws UnusableException if it cannot be read
     */
    public static byte[] read(String name, InputStream in) {
        try {
            return STANDARD_INPUT.equals(name) ? in.readAllBytes() : Files.readAllBytes(Path.of(name));
        } catch (NoSuchFileException e) {
            throw new UnusableException("There is no file " + name + ".");
        } catch (IOException e) {
            throw new UnusableException(name + " cannot be read: " + e);
        }
    }
}
