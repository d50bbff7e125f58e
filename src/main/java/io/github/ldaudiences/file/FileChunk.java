package io.github.ldaudiences.file;

import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Some whole lines of a file, or the beginning of a line that is too long to be read.
 *
 * @param body the bytes
 * @param from where in the file they begin
 * @param to where the next line begins
 * @param problem why the line cannot be read, or null
 */
public record FileChunk(byte[] body, FilePosition from, FilePosition to, Problem problem) {

    /** @return how many lines it has, or has the beginning of */
    public long lines() {
        return to.line() - from.line();
    }

    /** @return tells file and line of each event in the chunk; the line is counted only when somebody asks */
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
