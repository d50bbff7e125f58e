package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.http.ApiPaths;
import io.github.ldaudiences.inbound.http.OtherRequest;
import io.github.ldaudiences.inbound.kafka.RecordTraces;
import io.github.ldaudiences.outbound.OutboundNetwork;
import io.github.ldaudiences.tracing.Tracing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/** Turns tracing on if it is configured. If it is off, no OpenTelemetry class is loaded. */
final class TracingInstaller implements AutoCloseable {

    private final Tracing tracing; // null if tracing is off

    /**
     * @param context a context whose routes have not been created yet
     * @param settings say whether tracing is on, and which routes there are
     * @param network how spans are sent
     * @throws ConfigurationException if OpenTelemetry is missing, or does not accept its environment variables
     */
    TracingInstaller(CamelContext context, Settings settings, OutboundNetwork network) {
        tracing = settings.get(Catalogue.TRACING).equals("on") ? begin(context, settings, network) : null;
    }

    private static Tracing begin(CamelContext context, Settings settings, OutboundNetwork network) {
        Map<String, String> paths = new HashMap<>();
        paths.put("inbound-http", OtherRequest.path(settings.get(Catalogue.HTTP_URI)));
        paths.put("inbound-http-enqueue", OtherRequest.path(settings.get(Catalogue.HTTP_URI)));
        paths.put("inbound-replay", ApiPaths.REPLAY);
        try {
            return Tracing.begin(context, paths, network);
        } catch (NoClassDefFoundError e) {
            // Users of this jar as a library, for example in OSGi, add these libraries themselves.
            throw notAllowed("off, unless OpenTelemetry is on the class path; not found: " + e.getMessage());
        } catch (RuntimeException e) {
            throw notAllowed("off, unless OpenTelemetry can use its variables (OTEL_...): " + e.getMessage());
        }
    }

    private static ConfigurationException notAllowed(String allowed) {
        return new ConfigurationException(
                List.of(Catalogue.TRACING.key() + "=on is not allowed; allowed is " + allowed + "."));
    }

    /** @return finds the spans that Kafka records name; null if tracing is off */
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
