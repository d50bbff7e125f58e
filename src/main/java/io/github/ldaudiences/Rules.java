package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.URISupport;

/** Collects problems with values that depend on other properties. */
final class Rules {

    private final Settings settings;
    private final List<String> problems = new ArrayList<>();

    Rules(Settings settings) {
        this.settings = settings;
    }

    Settings settings() {
        return settings;
    }

    /** @param problem a sentence, without secrets */
    void refuse(String problem) {
        problems.add(problem);
    }

    void refuse(Property<?> property, String allowed) {
        problems.add(notAllowed(settings, property, allowed));
    }

    /** @param orElse what would happen otherwise, as a clause */
    void less(Property<Long> less, Property<Long> more, String orElse) {
        if (settings.get(less) >= settings.get(more)) {
            refuse(less, "less than " + limit(more) + ", or " + orElse);
        }
    }

    /** @param orElse what would happen otherwise, as a clause */
    void atMost(Property<Long> property, Property<Long> limit, String orElse) {
        if (settings.get(property) > settings.get(limit)) {
            refuse(property, "at most " + limit(limit) + ", or " + orElse);
        }
    }

    private String limit(Property<Long> limit) {
        return limit.key() + "=" + settings.get(limit);
    }

    /** @throws ConfigurationException with a sentence for each problem, if there is one */
    void throwProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** @return a sentence that shows no password of a URI */
    static String notAllowed(Settings settings, Property<?> property, String allowed) {
        return property.key() + "="
                + URISupport.sanitizeUri(settings.get(property).toString()) + " is not allowed; allowed is " + allowed
                + ".";
    }
}
