package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Some whole lines of a file, or the beginning of a line that is too long.
 *
 * @param body the bytes
 * @param from position in the file where they begin
 * @param to position where the next line begins
 * @param problem why the line cannot be read, or null
 */
public record FileChunk(byte[] body, FilePosition from, FilePosition to, Problem problem) {

    /** @return the number of lines; an incomplete line counts */
    public long lines() {
        return to.line() - from.line();
    }

    /** @return provides file and line of each event in the chunk; lines are counted only on demand */
    EventSource source(String fileName) {
        return (in, start) -> {
            long line = from.line();
            for (int i = 0; i < start; i++) {
                if (in[i] == '\n') {
                    line++;
                }
            }
            Map<String, Object> coordinates = new LinkedHashMap<>();
            coordinates.put("file", fileName);
            coordinates.put("line", line);
            return coordinates;
        };
    }
}
