package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.PropertyLookup;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.console.StatusSources;
import io.github.ldaudiences.delivery.DeliveryState;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.kafka.KafkaInbound;
import io.github.ldaudiences.metrics.AudienceMeters;
import io.github.ldaudiences.metrics.PrometheusMeters;
import io.github.ldaudiences.sandbox.Sandbox;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StoreHealth;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Installs the bundle in a Camel context: each stage checks its settings and binds the beans that its routes name. It
 * needs only the context and its properties, so it works in any Camel runtime. The runtime loads the routes from {@code
 * routes/}, before or after this.
 */
public final class Audiences extends ServiceSupport {

    private final CamelContext context;
    private final Settings settings;
    private final EventCounts counts = new EventCounts();
    private final SecretFilesInstaller secretFiles;
    private final MappingInstaller mappings;
    private final DestinationsInstaller destinations;
    private final DeadLetterInstaller deadLetters;
    private final MembershipStore store; // null if states are only in memory
    private final BatchInstaller batches;
    private final DeliveryInstaller delivery;
    private final HttpInstaller http;
    private final EventInstaller events;
    private final TracingInstaller tracing;
    private KafkaInbound kafkaInbound; // null if events do not come from Kafka

    private Audiences(CamelContext context) {
        this.context = context;
        settings = Settings.read(new PropertyLookup(context.getPropertiesComponent()));
        check(settings);
        if (isInitializing()) {
            RequiredRoutes.check(context, settings);
        }
        Installation installation = new Installation(context, settings);
        secretFiles = new SecretFilesInstaller(installation);
        mappings = new MappingInstaller(installation);
        delivery = new DeliveryInstaller(installation, secretFiles);
        destinations = new DestinationsInstaller(installation);
        deadLetters = new DeadLetterInstaller(installation, mappings.mappings());
        store = new StoreInstaller(installation).open();
        batches = new BatchInstaller(installation, store);
        http = new HttpInstaller(installation);
        events = new EventInstaller(installation, mappings.mappings());
        tracing = new TracingInstaller(context, settings, delivery.network());
        bindBeans(installation);
    }

    /**
     * Installs the bundle. {@link AudiencesPlugin} calls this where Camel finds the plugin. Elsewhere, call it when the
     * context's properties are known and before the context is started.
     *
     * @param context the context
     * @return the installed bundle, which starts and stops with the context
     * @throws ConfigurationException naming each property that is unknown or has a value that is not allowed; the start
     *     of the context throws one if routes are missing
     */
    public static Audiences install(CamelContext context) {
        Audiences audiences = new Audiences(context);
        audiences.settleContext();
        try {
            context.addService(audiences);
            context.addStartupListener(new StartupReport(
                    audiences.settings,
                    audiences.mappings.mappings(),
                    audiences.destinations.destinations(),
                    audiences.delivery.network().proxy(),
                    audiences.destinations.sandboxed()));
        } catch (Exception e) {
            throw new IllegalStateException("The bundle could not be added to the Camel context.", e);
        }
        return audiences;
    }

    /** @return the embedded sandbox, or null if events go to LaunchDarkly */
    public Sandbox sandbox() {
        return destinations.sandbox();
    }

    /** @return the results of deliveries and what they wait for, to display progress */
    public DeliveryState deliveryState() {
        return delivery.state();
    }

    /** @return the bundle's meters, for a meter registry */
    public AudienceMeters meters() {
        return new AudienceMeters(
                counts,
                http.refused(),
                events.backlog(),
                batches.lanes(),
                batches.newestStates(),
                batches.settleRepeats(),
                mappings.counts(),
                delivery.outcome(),
                delivery.destinations(),
                kafkaInbound,
                deadLetters.file());
    }

    /** @return the meters that only Prometheus can show; its library must be on the class path */
    public PrometheusMeters prometheusMeters() {
        return new PrometheusMeters(delivery.destinations(), batches.lanes(), delivery.failing());
    }

    /**
     * Checks the rules that involve more than one property.
     *
     * @throws ConfigurationException with a sentence for each combination that is not allowed
     */
    static void check(Settings settings) {
        Rules rules = new Rules(settings);
        HttpInstaller.check(rules);
        KafkaInstaller.check(rules);
        FileInstaller.check(rules);
        EndpointInstaller.check(rules);
        BatchInstaller.check(rules);
        DeadLetterInstaller.check(rules);
        StoreInstaller.check(rules);
        MembershipsInstaller.check(rules);
        rules.throwProblems();
    }

    /** Binds the beans of the stages in the order in which events pass them, then those beside the flow. */
    private void bindBeans(Installation installation) {
        http.bindBeans(events, counts, secretFiles, destinations.sandboxed());
        http.configureComponent(secretFiles.inboundTls(), destinations.sandboxed());
        if (KafkaInstaller.isNeeded(settings)) {
            KafkaInstaller kafka = new KafkaInstaller(installation);
            kafka.configureComponent();
            if (KafkaInstaller.isInbound(settings)) {
                kafkaInbound = kafka.installInbound(events, batches, counts, tracing.records());
            }
        }
        new FileInstaller(installation).bindBeans(events, counts);
        new EndpointInstaller(installation).bindBeans(events, counts);
        events.bindBeans();
        mappings.bindBeans(batches::replayProblem);
        batches.bindBeans();
        delivery.bindBeans(destinations, batches.newestStates());
        deadLetters.bindBeans();
        if (store != null) {
            installation.healthChecks(List.of(new StoreHealth(store)));
        }

        new ReplayInstaller(installation, mappings).bindBeans(events, http.receiving(), counts);
        ExplainInstaller explain = new ExplainInstaller(installation);
        explain.bindBeans(mappings, destinations, batches, http.receiving());
        new MembershipsInstaller(installation, store, destinations)
                .bindBeans(mappings, batches, deadLetters, events.backlog());
        new ConsoleInstaller(installation, secretFiles)
                .install(
                        new StatusSources(
                                settings,
                                destinations.sandboxed(),
                                counts,
                                events.backlog(),
                                batches.lanes(),
                                mappings.mappings(),
                                mappings.counts(),
                                delivery.destinations(),
                                deadLetters.letters(),
                                deadLetters.file(),
                                store,
                                kafkaInbound == null ? null : kafkaInbound::lag),
                        explain.forConsole(mappings, destinations, batches, http.receiving()),
                        destinations.sandbox(),
                        http.refused());
        secretFiles.start();
        context.getRegistry()
                .bind(
                        "templatedRoutes",
                        RouteTemplateParameterSource.class,
                        new TemplatedRoutes(
                                mappings.mappings(),
                                destinations.destinations(),
                                settings.get(Catalogue.CHECK_CREDENTIALS).equals("start")));
    }

    /**
     * Sets options of the context. This is done late because Camel Main sets the same options before the context is
     * initialized.
     */
    private void settleContext() {
        if (isInitializing()) {
            setOptions();
        }
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                RequiredRoutes.check(context, settings);
                setOptions();
            }
        });
    }

    /** If so, routes are being loaded, and Camel no longer calls lifecycle strategies that are added. */
    private boolean isInitializing() {
        return context.getStatus() == ServiceStatus.Initializing;
    }

    private void setOptions() {
        // Bodies are bytes and values, never streams. Checking for streams at each step costs time, and caching replies
        // as streams costs a fifth of all time.
        context.setStreamCaching(false);
        List<String> stopped = mappings.stoppedRoutes();
        if (!stopped.isEmpty()) {
            String others = context.getAutoStartupExcludePattern();
            String own = String.join(",", stopped);
            context.setAutoStartupExcludePattern(others == null ? own : others + "," + own);
        }
    }

    @Override
    protected void doStop() {
        if (store != null) {
            store.close();
        }
        if (destinations.sandboxed()) {
            destinations.sandbox().close();
        }
        tracing.close();
    }
}
