package io.github.ldaudiences.packaged;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the dead letters of several processes while they write them. */
final class DeadLetterFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Path, Integer> read = new HashMap<>();
    private final Set<Place> places = new TreeSet<>();

    /** Where the records are that have a dead letter. What is no line of JSON does not count. */
    Set<Place> places(List<Path> folders) {
        try {
            for (Path folder : folders) {
                if (Files.exists(folder)) {
                    try (Stream<Path> files = Files.list(folder)) {
                        for (Path file : files.toList()) {
                            readOn(file);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return places;
    }

    private void readOn(Path file) throws IOException {
        String text = Files.readString(file);
        int from = read.getOrDefault(file, 0);
        int to = text.lastIndexOf('\n') + 1; // what follows is being written
        for (String line : text.substring(from, Math.max(from, to)).split("\n")) {
            try {
                if (!line.isEmpty()) {
                    places.add(Place.of(JSON.readTree(line)));
                }
            } catch (JsonProcessingException e) {
                System.out.println("Not a line of JSON in " + file + ": " + line);
            }
        }
        read.put(file, Math.max(from, to));
    }
}
