package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.LaunchDarklyInstance;
import io.github.ldaudiences.inbound.http.ApiPaths;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.outbound.ForwardProxy;
import java.net.URI;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;
import org.apache.camel.util.URISupport;
import org.apache.hc.core5.http.HttpHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs, when everything has started, where events come in, which mappings are on, and where events go. */
final class StartupReport implements StartupListener {

    private static final Logger LOG = LoggerFactory.getLogger(Audiences.class);

    private final Settings settings;
    private final List<Mapping> mappings;
    private final List<Destination> destinations;
    private final ForwardProxy proxy;
    private final boolean sandboxed;

    /** @param proxy null if there is none */
    StartupReport(
            Settings settings,
            List<Mapping> mappings,
            List<Destination> destinations,
            ForwardProxy proxy,
            boolean sandboxed) {
        this.settings = settings;
        this.mappings = mappings;
        this.destinations = destinations;
        this.proxy = proxy;
        this.sandboxed = sandboxed;
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        // Routes have not been started yet.
    }

    private String segmentApi() {
        return HttpInstaller.takesSegmentCalls(settings) ? " and the paths of Segment's API" : "";
    }

    private String authentication() {
        List<String> schemes = HttpInstaller.schemes(settings);
        return schemes.isEmpty()
                ? ", from callers that are not authenticated"
                : ", from callers that are authenticated by " + String.join(" or ", schemes);
    }

    /** Returns the instance with the destination's API URL, even if another instance is configured. */
    private LaunchDarklyInstance instance(Destination destination) {
        for (LaunchDarklyInstance each : LaunchDarklyInstance.values()) {
            if (each.apiUrl().equals(destination.apiUrl())) {
                return each;
            }
        }
        return settings.get(Catalogue.DESTINATION_INSTANCE, destination.id());
    }

    private String way(Destination destination) {
        return proxy == null || !proxy.isFor(HttpHost.create(URI.create(destination.apiUrl())))
                ? ""
                : " through the proxy " + proxy;
    }

    @Override
    public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
        String scheme = settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty() ? "http://" : "https://";
        String http = scheme + settings.get(Catalogue.HTTP_HOST) + ":" + settings.get(Catalogue.HTTP_PORT);
        for (Inbound inbound : settings.get(Catalogue.INBOUND)) {
            String source =
                    switch (inbound) {
                        case HTTP -> "POST " + http + ApiPaths.EVENTS + segmentApi() + authentication();
                        case KAFKA ->
                            "Kafka at " + settings.get(Catalogue.KAFKA_BROKERS) + ", "
                                    + context.resolvePropertyPlaceholders(
                                            URISupport.sanitizeUri(settings.get(Catalogue.KAFKA_URI)));
                        case FILE ->
                            "files of " + settings.get(Catalogue.FILE_URI).replaceFirst("\\?.*", "");
                        case ENDPOINT -> URISupport.sanitizeUri(settings.get(Catalogue.ENDPOINT_URI));
                    };
            LOG.info("Events in:   {}", source);
        }
        if (ReplayInstaller.isOn(settings)) {
            LOG.info("Replay:      POST {}{}", http, ApiPaths.REPLAY);
        }
        if (ExplainInstaller.isOn(settings)) {
            LOG.info("Explain:     POST {}{} says what would become of events", http, ApiPaths.EXPLAIN);
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_LOOKUP)) {
            LOG.info("Lookup:      GET {}{} says who is in which audience", http, ApiPaths.MEMBERSHIPS);
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_FORGET)) {
            LOG.info("Forget:      DELETE {}{} removes a person", http, ApiPaths.MEMBERSHIPS);
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_RESYNC)) {
            LOG.info("Resync:      POST {}{} sends the store again", http, ApiPaths.RESYNC);
        }
        for (Mapping mapping : mappings) {
            boolean on = settings.get(Catalogue.MAPPING_ENABLED, mapping.id());
            LOG.info("Mapping:     {} is {}, to {}", mapping.id(), on ? "on" : "off", mapping.destination());
        }
        for (Destination destination : destinations) {
            LOG.info(
                    "Destination: {} is environment {} at {}",
                    destination.id(),
                    destination.clientSideId(),
                    sandboxed ? "the embedded sandbox" : destination.apiUrl() + way(destination));
            LaunchDarklyInstance instance = instance(destination);
            if (!sandboxed && !instance.hasSyncedSegments()) {
                LOG.warn(
                        "Destination {} is in LaunchDarkly's instance {}. LaunchDarkly's documentation says that synced"
                                + " segments are not available there. Events that it refuses stay with their sources."
                                + " Ask LaunchDarkly, or use an environment of the US instance ({}=us).",
                        destination.id(),
                        instance,
                        Catalogue.DESTINATION_INSTANCE.key(destination.id()));
            }
        }
        if (sandboxed) {
            boolean shown = settings.get(Catalogue.INBOUND).contains(Inbound.HTTP);
            LOG.info(
                    "             No credentials are set: nothing reaches LaunchDarkly. See {}/sandbox/segments",
                    shown ? http : context.resolvePropertyPlaceholders("{{audiences.sandbox.url}}"));
        }
        LOG.info("Dead letter: {}", URISupport.sanitizeUri(settings.get(Catalogue.DEAD_LETTER_URI)));
        String management = MainServers.managementUrl(context);
        if (management != null) {
            LOG.info("Health:      {}/observe/health, metrics at {}/observe/metrics", management, management);
        }
    }
}
