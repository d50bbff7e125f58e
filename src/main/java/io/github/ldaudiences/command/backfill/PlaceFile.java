package io.github.ldaudiences.command.backfill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.backfill.Place.Counts;
import io.github.ldaudiences.inbound.file.FilePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Saves the progress of one file beyond the process. A reader sees the old or the new progress, never a partial one.
 */
final class PlaceFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;

    /**
     * @param file the file of events
     * @param folder where the progress is saved, or null for the folder of the file
     */
    PlaceFile(Path file, Path folder) {
        Path whole = file.toAbsolutePath();
        // Hidden, so that a pattern that matches the file does not match this.
        this.path = (folder == null ? whole.getParent() : folder).resolve("." + whole.getFileName() + ".backfill");
    }

    Path path() {
        return path;
    }

    /**
     * @return the saved place, or null if there is none
     * @throws IOException if the saved content is not a place
     */
    Place read() throws IOException {
        if (Files.notExists(path)) {
            return null;
        }
        JsonNode json = JSON.readTree(path.toFile());
        if (json == null || !json.path("line").isIntegralNumber()) {
            throw new IOException("it does not hold the progress of a backfill");
        }
        return new Place(
                json.path("file").asText(),
                json.path("size").asLong(),
                json.path("modified").asLong(),
                json.path("target").asText(),
                new FilePosition(json.path("offset").asLong(), json.path("line").asLong()),
                new Counts(
                        json.path("delivered").asLong(),
                        json.path("skipped").asLong(),
                        json.path("rejected").asLong()),
                json.path("complete").asBoolean());
    }

    /** @throws IOException if it cannot be written */
    void write(Place place) throws IOException {
        byte[] json = JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("file", place.file())
                .put("size", place.size())
                .put("modified", place.modified())
                .put("target", place.target())
                .put("offset", place.settledTo().offset())
                .put("line", place.settledTo().line())
                .put("delivered", place.counts().delivered())
                .put("skipped", place.counts().skipped())
                .put("rejected", place.counts().rejected())
                .put("complete", place.complete()));
        Path next = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
