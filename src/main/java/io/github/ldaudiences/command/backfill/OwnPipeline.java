package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.Audiences;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.DeliveryState;
import io.github.ldaudiences.inbound.file.LineSource;
import io.github.ldaudiences.inbound.file.ReadOnceLines;
import io.github.ldaudiences.standalone.StandaloneMain;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RuntimeCamelException;

/**
 * The bundle itself, started in this process with the routes and properties of the working folder. The file inbound is
 * its only source, and it opens no port.
 */
final class OwnPipeline implements Way {

    private static final String ENDPOINT = "direct:backfill";

    private final StandaloneMain main = new StandaloneMain();
    private final String target;
    private final ReadOnceLines.Limits limits;
    private final DeliveryState deliveries;
    private final ProducerTemplate producer;
    private volatile boolean closed;

    /**
     * Starts it.
     *
     * @param settings the settings of the working folder
     * @throws ConfigurationException if it cannot start with them
     */
    OwnPipeline(Settings settings) {
        Destinations destinations = new Destinations(settings);
        target = destinations.sandboxed()
                ? null
                : destinations.ofLaunchDarkly().stream()
                        .map(destination -> destination.apiUrl() + " " + destination.clientSideId())
                        .collect(Collectors.joining(", "));
        limits = ReadOnceLines.Limits.ofFileInbound(Math.toIntExact(settings.get(Catalogue.FILE_MAX_LINE_BYTES)));
        main.override(settings, properties());
        try {
            main.start();
        } catch (RuntimeException e) {
            main.stop();
            throw e;
        } catch (Exception e) {
            main.stop();
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
        deliveries = main.getCamelContext().hasService(Audiences.class).deliveryState();
        producer = main.getCamelContext().createProducerTemplate();
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        properties.put(Catalogue.INBOUND.key(), Inbound.FILE.toString());
        properties.put(Catalogue.FILE_URI.key(), ENDPOINT);
        properties.put(Catalogue.ENDPOINT_URI.key(), "");
        properties.put(Catalogue.REPLAY.key(), "off");
        properties.put(Catalogue.EXPLAIN.key(), "off");
        properties.put(Catalogue.STORE_LOOKUP.key(), "off");
        properties.put(Catalogue.STORE_FORGET.key(), "off");
        properties.put(Catalogue.STORE_RESYNC.key(), "off");
        properties.put(Catalogue.SANDBOX_PORT.key(), "0");
        properties.put("camel.server.enabled", "false");
        properties.put("camel.management.enabled", "false");
        return properties;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public ReadOnceLines.Limits limits() {
        return limits;
    }

    @Override
    public void send(LineSource lines) throws InterruptedException {
        Exchange sent =
                producer.send(ENDPOINT, exchange -> exchange.getMessage().setBody(lines));
        if (closed) {
            throw new InterruptedException();
        }
        if (sent.getException() != null) {
            throw new UnusableException("The lines could not be sent: " + sent.getException());
        }
    }

    @Override
    public long requests() {
        return deliveries.requests();
    }

    @Override
    public String waitsFor() {
        return deliveries.waitsFor();
    }

    @Override
    public void close() {
        closed = true;
        main.stop();
    }
}
