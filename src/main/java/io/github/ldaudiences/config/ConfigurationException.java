package io.github.ldaudiences.config;

import java.util.List;

/** The configuration cannot be used. The message has a line for each problem: key, value, and allowed values. */
public final class ConfigurationException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** @param problem a sentence for the only problem, without secrets */
    public ConfigurationException(String problem) {
        this(List.of(problem));
    }

    /** @param problems a sentence for each problem, without secrets */
    public ConfigurationException(List<String> problems) {
        super("The configuration cannot be used:\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** @return a sentence for each problem, without secrets */
    public List<String> problems() {
        return problems;
    }
}
