package io.github.ldaudiences.kamelet;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.event.UnicodeCheck;
import java.util.List;
import java.util.Properties;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Delivers the Segment events in a message's body to LaunchDarkly, for the Kamelet {@code launchdarkly-audience-sink}.
 * The exchange continues when each event is delivered, skipped or dead-lettered, without blocking a thread, and fails
 * if one could not be. The body becomes the counts as JSON.
 *
 * <p>The bundle runs inside, in a separate Camel context with the same routes, so that it does not affect the
 * properties, options and routes of the application around it.
 */
public final class AudienceSink extends AsyncProcessorSupport implements CamelContextAware {

    private static final String ID = "launchdarkly";
    private static final String ENDPOINT = "direct:launchdarkly-audience-sink";

    /** The routes from a message to LaunchDarkly. */
    private static final List<String> ROUTES = List.of(
            Inbound.ENDPOINT.routeId(),
            "audience-events",
            "sync-audience",
            "batch",
            "deliver",
            "launchdarkly",
            "launchdarkly-credentials",
            "dead-letter");

    private final Properties settings = new Properties();
    private CamelContext application;
    private CamelContext bundle;
    private AsyncProducer producer;

    @Override
    public CamelContext getCamelContext() {
        return application;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        application = context;
    }

    /** @param token LaunchDarkly service token */
    public void setToken(String token) {
        set(Catalogue.DESTINATION_SERVICE_TOKEN.key(ID), token);
    }

    /** @param clientSideId client-side ID of the LaunchDarkly environment */
    public void setClientSideId(String clientSideId) {
        set(Catalogue.DESTINATION_CLIENT_SIDE_ID.key(ID), clientSideId);
    }

    /** @param instance LaunchDarkly's installation: us, eu or federal */
    public void setInstance(String instance) {
        set(Catalogue.DESTINATION_INSTANCE.key(ID), instance);
    }

    /** @param apiUrl scheme and host of the REST API, if they differ from the instance's */
    public void setApiUrl(String apiUrl) {
        set(Catalogue.DESTINATION_API_URL.key(ID), apiUrl);
    }

    /** @param sdkUrl scheme and host for client-side SDKs, if they differ from the instance's */
    public void setSdkUrl(String sdkUrl) {
        set(Catalogue.DESTINATION_SDK_URL.key(ID), sdkUrl);
    }

    /** @param trigger which events are used, in FQL */
    public void setTrigger(String trigger) {
        set(Catalogue.MAPPING_TRIGGER.key(ID), trigger);
    }

    /** @param contextKind LaunchDarkly context kind of the members */
    public void setContextKind(String contextKind) {
        set(Catalogue.MAPPING_CONTEXT_KIND.key(ID), contextKind);
    }

    /** @param contextKey which identifiers become the context key */
    public void setContextKey(String contextKey) {
        set(Catalogue.MAPPING_CONTEXT_KEY.key(ID), contextKey);
    }

    /** @param maxWaitMs how long a change waits for others of its audience, in milliseconds */
    public void setMaxWaitMs(String maxWaitMs) {
        set(Catalogue.BATCH_MAX_WAIT_MS.key(), maxWaitMs);
    }

    /** @param timeoutMs how long a message waits for delivery before it fails, in milliseconds */
    public void setTimeoutMs(String timeoutMs) {
        set(Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS.key(), timeoutMs);
    }

    /** @param deadLetterUri Camel endpoint for events that can never be delivered */
    public void setDeadLetterUri(String deadLetterUri) {
        set(Catalogue.DEAD_LETTER_URI.key(), deadLetterUri);
    }

    private void set(String key, String value) {
        settings.setProperty(key, value);
    }

    @Override
    protected void doStart() throws Exception {
        set(Catalogue.INBOUND.key(), Inbound.ENDPOINT.toString());
        set(Catalogue.ENDPOINT_URI.key(), ENDPOINT);
        set(Catalogue.SANDBOX.key(), "off");
        set(Catalogue.MAPPING_DESTINATION.key(ID), ID);
        bundle = new DefaultCamelContext(false);
        bundle.getCamelContextExtension().setName(application.getName() + "-launchdarkly-audience-sink");
        bundle.setApplicationContextClassLoader(application.getApplicationContextClassLoader());
        bundle.getPropertiesComponent().setOverrideProperties(settings);
        // The environment and system properties belong to the application, which may run the bundle itself beside this.
        PropertiesComponent properties = (PropertiesComponent) bundle.getPropertiesComponent();
        properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        // AudiencesPlugin installs the bundle.
        bundle.build();
        for (String route : ROUTES) {
            PluginHelper.getRoutesLoader(bundle)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(
                            bundle, "classpath:routes/" + route + ".camel.yaml"));
        }
        bundle.start();
        producer = bundle.getEndpoint(ENDPOINT).createAsyncProducer();
        producer.start();
    }

    @Override
    protected void doStop() {
        if (bundle != null) {
            bundle.stop();
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Exchange inner = producer.getEndpoint().createExchange();
        try {
            inner.getMessage().setMessageId(exchange.getMessage().getMessageId());
            inner.getMessage().setBody(bytes(exchange.getMessage()));
        } catch (UndeliveredException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        return producer.process(inner, sync -> {
            if (inner.getException() == null) {
                exchange.getMessage().setBody(inner.getMessage().getBody());
            } else {
                exchange.setException(inner.getException());
            }
            callback.done(sync);
        });
    }

    /**
     * Uses the application's own type converters, which know its bodies: streams, caches, values of its data formats.
     */
    private static byte[] bytes(Message message) throws UndeliveredException {
        Object body = message.getBody();
        if (body instanceof String text) {
            return UnicodeCheck.bytes(text);
        }
        byte[] bytes = message.getBody(byte[].class);
        if (bytes == null && body != null) {
            throw new UndeliveredException(
                    "a message must be text or bytes, but is " + body.getClass().getName());
        }
        return bytes;
    }
}
