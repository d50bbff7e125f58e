package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.auth.Authenticate;
import io.github.ldaudiences.metrics.Counts;
import org.apache.camel.CamelContext;

/** Sets up what all HTTP routes share: who may send. */
final class HttpInstaller {

    private final CamelContext context;
    private final Settings settings;
    private final Counts counts;

    HttpInstaller(CamelContext context, Settings settings, Counts counts) {
        this.context = context;
        this.settings = settings;
        this.counts = counts;
    }

    /** @return the first step of each HTTP route */
    static Authenticate authentication(Settings settings, Runnable refused) {
        return new Authenticate(
                settings.get(Catalogue.HTTP_SIGNATURE_SECRETS),
                settings.get(Catalogue.HTTP_BASIC_CREDENTIALS),
                settings.get(Catalogue.HTTP_BEARER_TOKENS),
                refused);
    }

    /** Whether senders have to prove anything. */
    static boolean authenticates(Settings settings) {
        return !authentication(settings, () -> {}).schemes().isEmpty();
    }

    void bindBeans() {
        context.getRegistry().bind("authenticate", authentication(settings, counts::unauthorized));
    }
}
