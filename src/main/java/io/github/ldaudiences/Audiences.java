package io.github.ldaudiences;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.batch.AddToOpenBatches;
import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.AudienceOfChanges;
import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.BatchLimits;
import io.github.ldaudiences.batch.ChangesByAudience;
import io.github.ldaudiences.batch.EarlierStates;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.batch.StatesUnavailableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.OutboundProxy;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.PropertyLookup;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.DeadLetterEndpoint;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.deadletter.DeadLetterHealth;
import io.github.ldaudiences.deadletter.DeadLetters;
import io.github.ldaudiences.deadletter.ForceToDisk;
import io.github.ldaudiences.deadletter.HoldRejected;
import io.github.ldaudiences.deadletter.KeyHash;
import io.github.ldaudiences.deadletter.OldDeadLetters;
import io.github.ldaudiences.deadletter.PersonalData;
import io.github.ldaudiences.deadletter.RejectedTogether;
import io.github.ldaudiences.deadletter.ReplayReader;
import io.github.ldaudiences.deadletter.WorthWritingAgain;
import io.github.ldaudiences.delivery.AttemptGate;
import io.github.ldaudiences.delivery.BatchSettler;
import io.github.ldaudiences.delivery.CredentialCheck;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.DestinationHealth;
import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.Divider;
import io.github.ldaudiences.delivery.FailureLog;
import io.github.ldaudiences.delivery.LaunchDarklyClient;
import io.github.ldaudiences.delivery.Outage;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.delivery.StillAwaited;
import io.github.ldaudiences.delivery.WorthRetrying;
import io.github.ldaudiences.destination.Destination;
import io.github.ldaudiences.destination.Secret;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.file.AwaitChunks;
import io.github.ldaudiences.file.FileChunkReceipt;
import io.github.ldaudiences.file.FileChunks;
import io.github.ldaudiences.file.FileInbound;
import io.github.ldaudiences.fql.FqlLanguage;
import io.github.ldaudiences.inbound.AwaitReceipt;
import io.github.ldaudiences.inbound.EnqueuedReply;
import io.github.ldaudiences.inbound.HttpErrorReply;
import io.github.ldaudiences.inbound.HttpReceipt;
import io.github.ldaudiences.inbound.MessageReceipt;
import io.github.ldaudiences.inbound.OtherRequest;
import io.github.ldaudiences.inbound.SegmentReply;
import io.github.ldaudiences.inbound.connection.ReceivingBytes;
import io.github.ldaudiences.kafka.EventRecords;
import io.github.ldaudiences.kafka.EventsEnqueued;
import io.github.ldaudiences.kafka.KafkaInbound;
import io.github.ldaudiences.mapping.ConcealedPlaces;
import io.github.ldaudiences.mapping.EventKinds;
import io.github.ldaudiences.mapping.EventPath;
import io.github.ldaudiences.mapping.EventTime;
import io.github.ldaudiences.mapping.MapEvents;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingEndpoints;
import io.github.ldaudiences.mapping.MappingProjection;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.metrics.AudienceMeters;
import io.github.ldaudiences.metrics.Counts;
import io.github.ldaudiences.metrics.MappingCounts;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.sandbox.Sandbox;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StoreHealth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.processor.aggregate.DefaultAggregateController;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.camel.util.URISupport;

/**
 * Puts the bundle into a Camel context: checks the configuration and binds the beans that the routes name. It needs
 * nothing but the context and its properties, so that it works in any Camel runtime; the routes themselves are loaded
 * by the runtime, before or after, from {@code routes/}.
 */
public final class Audiences extends ServiceSupport {

    /** With less, whoever has the hashes could try every salt. */
    private static final int MIN_SALT_LENGTH = 16;

    /** The host in the URI of an HTTP endpoint. */
    private static final Pattern URI_HOST = Pattern.compile("https?://(\\[[^\\]]+]|[^/:?]+)");

    private final CamelContext context;
    private final Settings settings;
    private final Backlog backlog;
    private final Counts counts = new Counts();
    private final BatchLimits batchLimits;
    private final AudienceLanes lanes;
    private final DefaultAggregateController openBatches = new DefaultAggregateController();
    private final NewestStates newestStates;
    private final MembershipStore store; // null if states are only in memory
    private final RecallStates recallStates;
    private final SettleRepeats settleRepeats;
    private final List<Mapping> mappings;
    private final List<Destination> destinations;
    private final OutboundNetwork network;
    private final List<MappingCounts> mappingCounts = new ArrayList<>();
    private final List<DestinationHold> holds = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final Map<String, RateLimit> rateLimits = new HashMap<>();
    private final PersonalData personalData;
    private final DeadLetters deadLetters;
    private final DeadLetterFile deadLetterFile;
    private final Sandbox sandbox;
    private KafkaInbound kafkaInbound;

    private Audiences(CamelContext context) {
        this.context = context;
        PropertiesComponent properties = context.getPropertiesComponent();
        settings = Settings.read(new PropertyLookup(properties));
        checkTogether();
        if (isInitializing()) {
            RequiredRoutes.check(context, settings);
        }
        mappings = Mappings.of(settings);
        network = new OutboundNetwork(
                OutboundProxy.of(settings, System.getenv()), OutboundTls.of(settings), OutboundTls.versions(settings));
        Destinations configured = new Destinations(settings);
        List<PortCheck.Listener> listeners = new ArrayList<>(HttpInstaller.listeners(settings, configured.sandboxed()));
        listeners.addAll(MainServers.listeners(context));
        PortCheck.check(listeners);
        if (configured.sandboxed()) {
            Secret token = new Secret("sandbox-" + UUID.randomUUID());
            sandbox = startSandbox(token, configured);
            destinations = configured.ofSandbox(sandbox.url(), token);
        } else {
            sandbox = null;
            destinations = configured.ofLaunchDarkly();
        }
        // The sandbox's own route is there only if this is not empty.
        properties.addInitialProperty("audiences.sandbox.url", sandbox == null ? "" : sandbox.url());
        String deadLetterUri = DeadLetterEndpoint.of(settings.get(Catalogue.DEAD_LETTER_URI));
        properties.addInitialProperty("audiences.dead-letter.endpoint", deadLetterUri);
        // The route for all that is left over on that port is there only then.
        properties.addInitialProperty(
                "audiences.inbound.http.port-is-open",
                Boolean.toString(!HttpInstaller.pathsOfPort(settings).isEmpty()));
        personalData = personalData();
        deadLetters = new DeadLetters(DeadLetterEndpoint.isFile(deadLetterUri), personalData);
        deadLetterFile = new DeadLetterFile(
                context,
                deadLetterUri,
                settings.get(Catalogue.DEAD_LETTER_MAX_FILE_BYTES),
                settings.get(Catalogue.DEAD_LETTER_MAX_BYTES));
        deleteOldDeadLetters();
        properties.addInitialProperty(
                "audiences.inbound.file.endpoint", FileInbound.endpoint(settings.get(Catalogue.FILE_URI)));
        batchLimits = BatchLimits.of(intValue(Catalogue.BATCH_MAX_MEMBERS), settings.get(Catalogue.BATCH_MAX_BYTES));
        lanes = new AudienceLanes(
                batchLimits,
                millis(Catalogue.BATCH_MIN_WAIT_MS),
                context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "OpenBatches"),
                openBatches::forceCompletionOfGroup);
        store = new StoreInstaller(context, settings).open();
        EarlierStates earlier = store == null ? EarlierStates.NONE : store;
        newestStates = new NewestStates(
                intValue(Catalogue.EVENT_TIME_MAX_REMEMBERED),
                EventTime.latest(store == null ? System.currentTimeMillis() : store.completeSince()),
                earlier);
        recallStates = new RecallStates(newestStates, earlier);
        settleRepeats = new SettleRepeats(
                lanes,
                newestStates,
                settings.get(Catalogue.BATCH_SKIP_REPEATS),
                settings.get(Catalogue.BATCH_SKIP_UNCHANGED));
        long maxBytes = settings.get(Catalogue.BACKLOG_MAX_BYTES);
        backlog = new Backlog(
                settings.get(Catalogue.BACKLOG_MAX_EVENTS),
                maxBytes > 0 ? maxBytes : Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * Installs the bundle. {@link AudiencesPlugin} does so where Camel finds it; elsewhere call it when the context's
     * properties are known and before the context is started.
     *
     * @param context the context
     * @return the installed bundle, which starts and stops with the context
     * @throws ConfigurationException naming each property that is unknown or has a value that is not allowed; the start
     *     of the context throws one if routes are missing
     */
    public static Audiences install(CamelContext context) {
        Audiences audiences = new Audiences(context);
        audiences.bindBeans();
        audiences.settleContext();
        try {
            context.addService(audiences);
            context.addStartupListener(new StartupReport(
                    audiences.settings,
                    audiences.mappings,
                    audiences.destinations,
                    audiences.network.proxy(),
                    audiences.sandbox != null));
        } catch (Exception e) {
            throw new IllegalStateException("The bundle could not be added to the Camel context.", e);
        }
        return audiences;
    }

    /** @return the embedded sandbox, or null if events go to LaunchDarkly */
    public Sandbox sandbox() {
        return sandbox;
    }

    /** @return what happens in the bundle, for a meter registry */
    public AudienceMeters meters() {
        return new AudienceMeters(
                counts,
                backlog,
                lanes,
                newestStates,
                settleRepeats,
                List.copyOf(mappingCounts),
                List.copyOf(holds),
                List.copyOf(outages),
                List.copyOf(rateLimits.values()),
                kafkaInbound == null ? null : kafkaInbound::lag,
                deadLetterFile);
    }

    private void deleteOldDeadLetters() {
        int maxAgeDays = intValue(Catalogue.DEAD_LETTER_MAX_AGE_DAYS);
        if (maxAgeDays > 0) {
            try {
                context.addStartupListener(new OldDeadLetters(deadLetterFile, maxAgeDays));
            } catch (Exception e) {
                throw new IllegalStateException(e); // only a listener that is called at once can fail
            }
        }
    }

    private PersonalData personalData() {
        KeyHash hash = settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEYS).equals("hash")
                ? new KeyHash(settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT))
                : null;
        Set<EventPath> contextKeys = new LinkedHashSet<>(EventPath.parseList("$.userId, $.anonymousId"));
        mappings.forEach(mapping -> contextKeys.addAll(mapping.contextKeyPlaces()));
        return new PersonalData(settings.get(Catalogue.DEAD_LETTER_REDACT), List.copyOf(contextKeys), hash);
    }

    /** Why a mapping, or for null any of them, cannot use what a dead letter shows of its event; or null. */
    private String concealedFrom(String id, ObjectNode event) {
        return mappings.stream()
                .filter(mapping -> id == null || mapping.id().equals(id))
                .map(mapping -> ConcealedPlaces.problem(mapping, event))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** What no property can tell by itself. */
    private void checkTogether() {
        Set<String> inbound = settings.get(Catalogue.INBOUND);
        boolean http = inbound.contains("http");
        boolean enqueue = settings.get(Catalogue.HTTP_MODE).equals("enqueue");
        boolean replay = settings.get(Catalogue.REPLAY).equals("on");
        MembershipsInstaller.check(settings);
        checkAtMost(
                Catalogue.BATCH_MIN_WAIT_MS,
                Catalogue.BATCH_MAX_WAIT_MS,
                "batches would be sent before they have waited that long");
        if ((http && !enqueue) || replay) {
            checkLess(
                    Catalogue.BATCH_MAX_WAIT_MS,
                    Catalogue.HTTP_REPLY_TIMEOUT_MS,
                    "callers would get no answer before their changes are even sent");
        }
        if (inbound.contains("kafka")) {
            checkLess(
                    Catalogue.KAFKA_DELIVERY_TIMEOUT_MS,
                    Catalogue.KAFKA_SESSION_TIMEOUT_MS,
                    "events could be sent after their partition belongs to another process");
            checkLess(
                    Catalogue.KAFKA_DRAIN_TIMEOUT_MS,
                    Catalogue.KAFKA_MAX_POLL_INTERVAL_MS,
                    "the group would not wait until a partition is handed over");
            checkLess(
                    Catalogue.KAFKA_DELIVERY_TIMEOUT_MS,
                    Catalogue.KAFKA_MAX_POLL_INTERVAL_MS,
                    "the group could take the partitions away from a consumer that waits for LaunchDarkly");
        }
        boolean anybody = !HttpInstaller.authenticates(settings) && !settings.get(Catalogue.HTTP_ALLOW_UNAUTHENTICATED);
        if (anybody && (http || !HttpInstaller.pathsOfPort(settings).isEmpty())) {
            checkLoopback(Catalogue.HTTP_HOST.key(), settings.get(Catalogue.HTTP_HOST));
        }
        if (anybody && http) {
            Matcher uri = URI_HOST.matcher(settings.get(Catalogue.HTTP_URI));
            checkLoopback(Catalogue.HTTP_URI.key(), uri.find() ? uri.group(1) : "0.0.0.0");
        }
        if (inbound.contains("file")) {
            checkLess(
                    Catalogue.BATCH_MAX_WAIT_MS,
                    Catalogue.FILE_DELIVERY_TIMEOUT_MS,
                    "lines would be read again before they are even sent");
            if (settings.get(Catalogue.FILE_URI).contains("moveFailed=")) {
                throw notAllowed(
                        Catalogue.FILE_URI,
                        "an endpoint without moveFailed, which would move a file away that a stop interrupts");
            }
        }
        checkEndpoint(settings.get(Catalogue.ENDPOINT_URI));
        if (settings.get(Catalogue.DEAD_LETTER_MAX_AGE_DAYS) > 0
                && !DeadLetterEndpoint.isFolder(settings.get(Catalogue.DEAD_LETTER_URI))) {
            throw notAllowed(
                    Catalogue.DEAD_LETTER_MAX_AGE_DAYS,
                    "0 with " + Catalogue.DEAD_LETTER_URI.key()
                            + ", for only files of a folder without a fileName can be deleted by their age");
        }
        int saltLength =
                settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT).reveal().length();
        if (settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEYS).equals("hash") && saltLength < MIN_SALT_LENGTH) {
            throw notAllowed(
                    Catalogue.DEAD_LETTER_CONTEXT_KEYS,
                    "plain, or hash with " + Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT.key() + " of at least "
                            + MIN_SALT_LENGTH + " characters");
        }
    }

    private boolean isOn(String inbound) {
        return settings.get(Catalogue.INBOUND).contains(inbound);
    }

    private void checkEndpoint(String uri) {
        if (!isOn("uri")) {
            if (!uri.isEmpty()) {
                throw notAllowed(
                        Catalogue.ENDPOINT_URI,
                        "nothing while " + Catalogue.INBOUND.key() + "="
                                + String.join(",", settings.get(Catalogue.INBOUND)) + ", which does not name uri");
            }
            return;
        }
        checkLess(
                Catalogue.BATCH_MAX_WAIT_MS,
                Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS,
                "messages would fail before their changes are even sent");
        if (uri.isEmpty()) {
            throw notAllowed(
                    Catalogue.ENDPOINT_URI,
                    "the URI of a Camel endpoint while " + Catalogue.INBOUND.key() + " names uri");
        }
        if (uri.startsWith("kafka:")) {
            throw notAllowed(
                    Catalogue.ENDPOINT_URI,
                    "any endpoint but Kafka's, whose offsets would be committed before delivery: use "
                            + Catalogue.INBOUND.key() + "=kafka with audiences.inbound.kafka.uri");
        }
    }

    private ConfigurationException notAllowed(Property<?> property, String allowed) {
        return new ConfigurationException(property.key() + "="
                + URISupport.sanitizeUri(settings.get(property).toString()) + " is not allowed; allowed is " + allowed
                + ".");
    }

    private void checkLess(Property<Long> less, Property<Long> more, String orElse) {
        if (settings.get(less) >= settings.get(more)) {
            throw new ConfigurationException(
                    List.of(less.key() + "=" + settings.get(less) + " is not allowed; allowed is less than "
                            + more.key() + "=" + settings.get(more) + ", or " + orElse + "."));
        }
    }

    private void checkAtMost(Property<Long> property, Property<Long> limit, String orElse) {
        if (settings.get(property) > settings.get(limit)) {
            throw new ConfigurationException(
                    List.of(property.key() + "=" + settings.get(property) + " is not allowed; allowed is at most "
                            + limit.key() + "=" + settings.get(limit) + ", or " + orElse + "."));
        }
    }

    private static void checkLoopback(String key, String host) {
        boolean loopback;
        try {
            loopback = !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            loopback = false;
        }
        if (!loopback) {
            throw new ConfigurationException(key + " with the host '" + host
                    + "' is not allowed while callers are not authenticated; allowed is a loopback address such as"
                    + " 127.0.0.1, or any if one of " + Catalogue.HTTP_SIGNATURE_SECRETS.key() + ", "
                    + Catalogue.HTTP_BASIC_CREDENTIALS.key() + ", " + Catalogue.HTTP_BEARER_TOKENS.key() + " and "
                    + Catalogue.HTTP_WRITE_KEYS.key() + " is set, or " + Catalogue.HTTP_ALLOW_UNAUTHENTICATED.key()
                    + "=true.");
        }
    }

    private Sandbox startSandbox(Secret token, Destinations configured) {
        long port = settings.get(Catalogue.SANDBOX_PORT);
        try {
            return new Sandbox((int) port, token.reveal(), configured.sandboxEnvironments());
        } catch (IOException e) {
            throw new ConfigurationException(PortCheck.problem(
                    new PortCheck.Listener("127.0.0.1", (int) port, Catalogue.SANDBOX_PORT.key()), e.getMessage()));
        }
    }

    private void bindBeans() {
        Registry beans = context.getRegistry();
        // Camel Quarkus looks for languages in Camel's own jars alone, and OSGi may not have come to this one yet.
        beans.bind("fql", new FqlLanguage());
        beans.bind(
                "templatedRoutes",
                RouteTemplateParameterSource.class,
                new TemplatedRoutes(
                        mappings,
                        destinations,
                        settings.get(Catalogue.CHECK_CREDENTIALS).equals("start")));

        Duration replyTimeout = millis(Catalogue.HTTP_REPLY_TIMEOUT_MS);
        int retryAfter = intValue(Catalogue.HTTP_RETRY_AFTER_SECONDS);
        HttpInstaller http = new HttpInstaller(context, settings, counts);
        http.bindBeans();
        http.configureComponent(sandbox != null);
        ReceivingBytes receiving = http.receiving();
        beans.bind(
                "openHttpReceipt", new HttpReceipt(eventReader(), receiving, backlog, replyTimeout, counts::settled));
        beans.bind("awaitReceipt", new AwaitReceipt());
        beans.bind("segmentReply", new SegmentReply());
        beans.bind(
                "otherRequest",
                new OtherRequest(
                        HttpInstaller.pathsOfPort(settings), HttpInstaller.endpointsOff(settings, sandbox != null)));
        beans.bind("httpErrorReply", new HttpErrorReply(retryAfter, UndeliveredException.class));

        if (settings.get(Catalogue.HTTP_MODE).equals("enqueue")) {
            beans.bind(
                    "openEnqueueReceipt",
                    new HttpReceipt(eventReader(), receiving, backlog, replyTimeout, counts::enqueued));
            beans.bind("eventRecords", new EventRecords());
            beans.bind("eventsEnqueued", new EventsEnqueued());
            beans.bind("enqueuedReply", new EnqueuedReply());
            // Whatever keeps the brokers from taking an event, its sender must keep it.
            beans.bind("enqueueErrorReply", new HttpErrorReply(retryAfter, Exception.class));
            context.getExecutorServiceManager().registerThreadPoolProfile(unboundedPool("enqueue", 16));
        }

        if (KafkaInstaller.isNeeded(settings)) {
            KafkaInstaller kafka = new KafkaInstaller(context, settings);
            kafka.configureComponent();
            if (settings.get(Catalogue.INBOUND).contains("kafka")) {
                kafkaInbound = kafka.installInbound(
                        eventReader(), backlog, counts, openBatches::forceCompletionOfAllGroups, this::othersMaySend);
            }
        }

        if (isOn("file")) {
            bindFileBeans(beans);
        }
        beans.bind(
                "openMessageReceipt",
                new MessageReceipt(
                        eventReader(),
                        backlog,
                        millis(Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS),
                        counts,
                        settings.get(Catalogue.ENDPOINT_URI)));

        beans.bind("eventChunks", new EventChunks());
        MappingEndpoints mappingEndpoints = new MappingEndpoints(mappings);
        beans.bind("runningMappings", mappingEndpoints);
        ReplayReader replayReader = new ReplayReader(
                eventReader(),
                intValue(Catalogue.HTTP_MAX_EVENTS),
                mapping -> mappingEndpoints.problem(context, mapping),
                this::concealedFrom);
        beans.bind(
                "openReplayReceipt", new HttpReceipt(replayReader, receiving, backlog, replyTimeout, counts::settled));
        for (Mapping mapping : mappings) {
            beans.bind("eventKinds-" + mapping.id(), new EventKinds(mapping));
            MappingCounts mapped = new MappingCounts(mapping.id());
            mappingCounts.add(mapped);
            beans.bind("mapEvents-" + mapping.id(), new MapEvents(mapping, this::replayProblem, mapped));
        }

        beans.bind("openBatches", openBatches);
        beans.bind("recallStates", recallStates);
        beans.bind("settleRepeats", settleRepeats);
        beans.bind("addToOpenBatches", new AddToOpenBatches(lanes, newestStates, batchLimits));
        beans.bind("changesByAudience", new ChangesByAudience());
        beans.bind("audienceOfChanges", new AudienceOfChanges());
        BatchByAudience batches = new BatchByAudience(lanes, newestStates, batchLimits);
        beans.bind("batchByAudience", batches);
        if (ExplainInstaller.isOn(settings)) {
            new ExplainInstaller(context, settings)
                    .bindBeans(
                            mappings, destinations, sandbox != null, batches, recallStates, settleRepeats, receiving);
        }
        MembershipsInstaller memberships = new MembershipsInstaller(context, settings);
        memberships.bindLookup(store, destinations);
        memberships.bindForget(store, newestStates, deadLetterFile, personalData, mappings, destinations, backlog);
        memberships.bindResync(store, destinations, backlog, unboundedPool("resync", 1));
        context.getExecutorServiceManager().registerThreadPoolProfile(unboundedPool("batches", 2));
        beans.bind("audienceLanes", lanes);

        context.getExecutorServiceManager()
                .registerThreadPoolProfile(
                        unboundedPool("launchdarkly", intValue(Catalogue.DELIVERY_MAX_CONCURRENT_REQUESTS)));
        OutboundClient launchDarkly = new OutboundClient(
                context,
                network,
                intValue(Catalogue.DELIVERY_MAX_CONCURRENT_REQUESTS),
                millis(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS));
        // For requests without a token.
        beans.bind("launchDarklyClient", launchDarkly);
        for (Destination destination : destinations) {
            bindDestinationBeans(beans, destination, launchDarkly);
        }
        beans.bind("sandboxClient", new OutboundClient(context, network, 20, Duration.ZERO));
        beans.bind("stillAwaited", new StillAwaited());
        beans.bind("worthRetrying", new WorthRetrying());
        beans.bind("attemptFailed", new FailureLog());
        beans.bind("worthAttempting", new Divider.WorthAttempting());
        beans.bind("deliveryOutcome", new DeliveryOutcome(counts));
        beans.bind("divider", new Divider());
        beans.bind("batchSettler", new BatchSettler(newestStates));

        DefaultAggregateController heldRejections = new DefaultAggregateController();
        beans.bind("heldRejections", heldRejections);
        beans.bind("holdRejected", new HoldRejected(heldRejections));
        beans.bind("receiptOfRejected", new HoldRejected.Group());
        beans.bind("rejectedTogether", new RejectedTogether());
        beans.bind("deadLetters", deadLetters);
        beans.bind("deadLetterFile", deadLetterFile);
        beans.bind("worthWritingAgain", new WorthWritingAgain(deadLetters));
        // One thread, so that one list is written at a time: files are looked at before they are appended to.
        context.getExecutorServiceManager().registerThreadPoolProfile(unboundedPool("deadletters", 1));
        beans.bind("forceToDisk", new ForceToDisk());
    }

    /** Partitions come or go: what this process has delivered of the people in them is for others to find. */
    private void othersMaySend() {
        newestStates.othersMaySend();
        if (store != null) {
            store.flush();
        }
    }

    private Problem replayProblem(MembershipChange replayed) {
        try {
            recallStates.recall(List.of(replayed));
        } catch (StatesUnavailableException e) {
            return null; // the batch route keeps it with its source
        }
        return newestStates.replayProblem(replayed);
    }

    private void bindDestinationBeans(Registry beans, Destination destination, OutboundClient client) {
        String id = destination.id();
        beans.bind("launchDarklyClient-" + id, new LaunchDarklyClient(destination, client));
        beans.bind("segmentAudiencesRequest-" + id, new SegmentAudiencesRequest(destination, counts));
        DestinationHold hold = new DestinationHold(destination, millis(Catalogue.DELIVERY_PROBE_INTERVAL_MS));
        holds.add(hold);
        // No wait for a rate limit is longer than that, so what fails for longer is more than one.
        Outage outage = new Outage(destination, millis(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS));
        outages.add(outage);
        // LaunchDarkly counts by token: destinations that share one share its limit.
        RateLimit rateLimit = rateLimits.computeIfAbsent(
                destination.apiUrl() + ' ' + destination.serviceToken().reveal(),
                token -> new RateLimit(
                        settings.get(Catalogue.DELIVERY_RETRY_DELAY_MS),
                        settings.get(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS)));
        beans.bind("attemptGate-" + id, new AttemptGate(hold, rateLimit, outage));
        beans.bind("credentialCheck-" + id, new CredentialCheck(destination, hold, sandbox != null));
    }

    private void bindFileBeans(Registry beans) {
        ScheduledExecutorService executor =
                context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "InboundFile");
        beans.bind("fileChunks", new FileChunks(intValue(Catalogue.FILE_MAX_LINE_BYTES)));
        beans.bind("awaitRoomForChunk", AwaitChunks.room(executor, backlog));
        beans.bind(
                "openFileChunkReceipt",
                new FileChunkReceipt(eventReader(), backlog, millis(Catalogue.FILE_DELIVERY_TIMEOUT_MS), counts));
        beans.bind("awaitAllChunks", AwaitChunks.all(executor));
    }

    /** Sets what is the context's own, and late, for Camel Main sets the same before the context is initialized. */
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

            @Override
            public void onContextStarted(CamelContext started) {
                HealthCheckRegistry health = HealthCheckRegistry.get(started);
                if (health != null) {
                    for (int i = 0; i < holds.size(); i++) {
                        health.register(new DestinationHealth(holds.get(i), outages.get(i)));
                    }
                    health.register(new DeadLetterHealth(deadLetters, deadLetterFile));
                    if (store != null) {
                        health.register(new StoreHealth(store));
                    }
                }
            }
        });
    }

    /** Then routes are loaded, and Camel asks no strategy that is added now. */
    private boolean isInitializing() {
        return context.getStatus() == ServiceStatus.Initializing;
    }

    private void setOptions() {
        // Nothing here is a stream: bodies are bytes and values. Looking for streams at each step costs time, and a
        // reply in a cache of its own a fifth of all time.
        context.setStreamCaching(false);
        // A mapping that is off has its route all the same, so that it can be started at run time.
        List<String> stopped = mappings.stream()
                .filter(mapping -> !settings.get(Catalogue.MAPPING_ENABLED, mapping.id()))
                .map(Mapping::routeId)
                .toList();
        if (!stopped.isEmpty()) {
            String others = context.getAutoStartupExcludePattern();
            String own = String.join(",", stopped);
            context.setAutoStartupExcludePattern(others == null ? own : others + "," + own);
        }
    }

    /** A pool whose queue has no limit of its own: the backlog bounds the batches that there can be. */
    private static ThreadPoolProfile unboundedPool(String id, int threads) {
        ThreadPoolProfile profile = new ThreadPoolProfile(id);
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setAllowCoreThreadTimeOut(true);
        // Not -1: for Camel that is no queue at all, and the caller would do the work.
        profile.setMaxQueueSize(Integer.MAX_VALUE);
        return profile;
    }

    private EventReader eventReader() {
        return new EventReader(
                new EventLimits(
                        intValue(Catalogue.HTTP_MAX_EVENTS),
                        intValue(Catalogue.EVENT_MAX_BYTES),
                        intValue(Catalogue.EVENT_MAX_DEPTH)),
                MappingProjection.of(mappings, StoreInstaller.isOn(settings)));
    }

    private Duration millis(Property<Long> property) {
        return Duration.ofMillis(settings.get(property));
    }

    private int intValue(Property<Long> property) {
        return Math.toIntExact(settings.get(property));
    }

    @Override
    protected void doStop() {
        if (store != null) {
            store.close();
        }
        if (sandbox != null) {
            sandbox.close();
        }
    }
}
