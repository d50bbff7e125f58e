package io.github.ldaudiences.standalone;

import io.github.ldaudiences.config.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks the environment variables that the logging configuration reads, because it would accept any value. */
final class LogVariables {

    private static final Set<String> LEVELS = Set.of("off", "error", "warn", "info", "debug", "trace");

    private LogVariables() {}

    /**
     * @param variables the environment
     * @throws ConfigurationException naming each variable whose value is not allowed
     */
    static void check(Map<String, String> variables) {
        List<String> problems = new ArrayList<>();
        String format = variables.getOrDefault("LOG_FORMAT", "text");
        if (!format.equals("text") && !format.equals("json")) {
            problems.add("LOG_FORMAT=" + format + " is not allowed; allowed is text or json.");
        }
        for (String name : List.of("LOG_LEVEL", "LOG_LEVEL_BUNDLE")) {
            String level = variables.getOrDefault(name, "info");
            if (!LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
                problems.add(
                        name + "=" + level + " is not allowed; allowed is off, error, warn, info, debug or trace.");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
