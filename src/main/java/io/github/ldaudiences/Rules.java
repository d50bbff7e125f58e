package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import org.apache.camel.util.URISupport;

/** Refuses values that no property can judge by itself, because they depend on others. */
final class Rules {

    private Rules() {}

    /** @return the error that says so; it shows no password of a URI */
    static ConfigurationException notAllowed(Settings settings, Property<?> property, String allowed) {
        return new ConfigurationException(property.key() + "="
                + URISupport.sanitizeUri(settings.get(property).toString()) + " is not allowed; allowed is " + allowed
                + ".");
    }

    /** @param orElse what would happen otherwise, as a clause */
    static void checkLess(Settings settings, Property<Long> less, Property<Long> more, String orElse) {
        if (settings.get(less) >= settings.get(more)) {
            throw notAllowed(settings, less, "less than " + limit(settings, more) + ", or " + orElse);
        }
    }

    /** @param orElse what would happen otherwise, as a clause */
    static void checkAtMost(Settings settings, Property<Long> property, Property<Long> limit, String orElse) {
        if (settings.get(property) > settings.get(limit)) {
            throw notAllowed(settings, property, "at most " + limit(settings, limit) + ", or " + orElse);
        }
    }

    private static String limit(Settings settings, Property<Long> limit) {
        return limit.key() + "=" + settings.get(limit);
    }
}
