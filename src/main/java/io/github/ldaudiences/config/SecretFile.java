package io.github.ldaudiences.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that holds the value of a secret, as Kubernetes and Docker mount it.
 *
 * @param property the secret
 * @param secretKey its key
 * @param path where the file is
 */
public record SecretFile(Property<?> property, String secretKey, Path path) {

    /** Kubernetes allows more for all files of a secret together, but no token or password is this long. */
    private static final int MAX_BYTES = 65_536;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** @return the key of the property that names the file */
    public String key() {
        return Property.fileKey(secretKey);
    }

    /** @return whether a new value takes effect only after a restart */
    public boolean isReadAtStart() {
        return Catalogue.isReadAtStart(property);
    }

    /**
     * @return the parsed value of the file
     * @throws ConfigurationException if it cannot be read, or its text is not allowed; the message does not show the
     *     text
     */
    Object read() {
        // Editors and echo add a line break at the end.
        String text = text().replaceFirst("\\R\\z", "");
        if (text.isBlank()) {
            throw unusable("it is empty");
        }
        if (text.startsWith(BYTE_ORDER_MARK)) {
            throw unusable("it begins with a byte order mark");
        }
        try {
            return property.parse(text);
        } catch (IllegalArgumentException e) {
            throw unusable("its text is not allowed");
        }
    }

    private String text() {
        if (!Files.exists(path)) {
            throw unusable("it does not exist, or is in a folder that may not be read");
        }
        if (!Files.isRegularFile(path)) {
            throw unusable("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw unusable("it is too large");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unusable("it is not in UTF-8");
        } catch (IOException e) {
            throw unusable("it cannot be read");
        }
    }

    private ConfigurationException unusable(String why) {
        return new ConfigurationException(key() + "=" + path + " is not allowed, because " + why
                + "; allowed is a file of at most " + MAX_BYTES + " bytes in UTF-8 that can be read and holds "
                + property.allowed().replace("; or empty", "") + ". A line end at the end of the file is ignored.");
    }
}
