package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.OtherRequest;
import io.github.ldaudiences.kafka.RecordTraces;
import io.github.ldaudiences.tracing.Tracing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/** Turns traces on if the configuration says so; without that, no class of OpenTelemetry is touched. */
final class TracingInstaller implements AutoCloseable {

    private final Tracing tracing; // null if nobody traces

    /**
     * @param context whose routes are not made yet
     * @param settings say whether, and which routes there are
     * @throws ConfigurationException if OpenTelemetry is not there, or cannot use what its variables say
     */
    TracingInstaller(CamelContext context, Settings settings) {
        tracing = settings.get(Catalogue.TRACING).equals("on") ? begin(context, settings) : null;
    }

    private static Tracing begin(CamelContext context, Settings settings) {
        Map<String, String> paths = new HashMap<>();
        paths.put("inbound-http", OtherRequest.path(settings.get(Catalogue.HTTP_URI)));
        paths.put("inbound-http-enqueue", OtherRequest.path(settings.get(Catalogue.HTTP_URI)));
        paths.put("inbound-replay", "/v1/dead-letters/replay");
        try {
            return Tracing.begin(context, paths);
        } catch (NoClassDefFoundError e) {
            // Whoever depends on this jar, in OSGi for example, brings these libraries.
            throw notAllowed("off, unless OpenTelemetry is on the class path; missing is " + e.getMessage());
        } catch (RuntimeException e) {
            throw notAllowed("off, unless OpenTelemetry can use its variables (OTEL_...): " + e.getMessage());
        }
    }

    private static ConfigurationException notAllowed(String allowed) {
        return new ConfigurationException(
                List.of(Catalogue.TRACING.key() + "=on is not allowed; allowed is " + allowed + "."));
    }

    /** @return finds the spans that Kafka records name; null if nobody traces */
    RecordTraces records() {
        return tracing == null ? null : tracing.records();
    }

    @Override
    public void close() {
        if (tracing != null) {
            tracing.close();
        }
    }
}
