package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.deadletter.DeadLetterEndpoint;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.explain.MappingStatus;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingCounts;
import io.github.ldaudiences.mapping.MappingEndpoints;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.util.URISupport;

/** Writes the state of the running bundle as JSON, without secrets. {@code docs/console.md} lists the fields. */
public final class StatusDocument implements ConsoleApi.Resource {

    private static final int MAX_BATCHES = 20;

    private final CamelContext context;
    private final StatusSources sources;
    private final EventRate rate;
    private final String version;
    private final Instant since = now();

    /**
     * @param context the context of the bundle
     * @param sources what the document is made from
     * @param rate events per second
     * @param version version of the bundle, or null if it is not packaged
     */
    public StatusDocument(CamelContext context, StatusSources sources, EventRate rate, String version) {
        this.context = context;
        this.sources = sources;
        this.rate = rate;
        this.version = version;
    }

    @Override
    public ConsoleAnswer answer(ConsoleRequest request, String id) throws RefusedRequestException {
        request.parameters(context, Set.of());
        return ConsoleAnswer.ok(json());
    }

    private ObjectNode json() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("version", version)
                .put("camelVersion", context.getVersion())
                .put("since", since.toString())
                .put("time", now().toString())
                .put("sandbox", sources.sandboxed())
                .put(
                        "actions",
                        sources.settings().get(Catalogue.CONSOLE_ACTIONS).equals("on"));
        ArrayNode inbounds = status.putArray("inbounds");
        sources.settings().get(Catalogue.INBOUND).stream()
                .map(Inbound::toString)
                .sorted()
                .forEach(inbounds::add);
        ObjectNode events = status.putObject("events");
        sources.counts().events().forEach(events::put);
        status.put("eventsPerSecond", rate.perSecond());
        addBacklog(status.putObject("backlog"), sources.backlog());
        status.put(
                "kafkaLag",
                sources.kafkaLag() == null ? null : sources.kafkaLag().getAsLong());
        ArrayNode mappings = status.putArray("mappings");
        Map<String, MappingCounts> counts =
                sources.mappingCounts().stream().collect(Collectors.toMap(MappingCounts::mapping, Function.identity()));
        sources.mappings().forEach(mapping -> add(mappings.addObject(), mapping, counts.get(mapping.id())));
        ArrayNode destinations = status.putArray("destinations");
        sources.destinations().forEach(destination -> add(destinations.addObject(), destination));
        status.put("audiencesUnderWay", sources.lanes().size());
        ArrayNode batches = status.putArray("oldestBatches");
        sources.lanes().oldest(MAX_BATCHES).forEach(batch -> add(batches.addObject(), batch));
        addDeadLetter(status.putObject("deadLetter"));
        addStore(status);
        return status;
    }

    private static void addBacklog(ObjectNode json, Backlog backlog) {
        json.put("events", backlog.events())
                .put("maxEvents", backlog.maxEvents())
                .put("bytes", backlog.bytes())
                .put("maxBytes", backlog.maxBytes())
                .put("oldestEventAgeSeconds", Math.round(backlog.oldestSeconds() * 10) / 10.0);
    }

    private void add(ObjectNode json, Mapping mapping, MappingCounts counts) {
        boolean enabled = sources.settings().get(Catalogue.MAPPING_ENABLED, mapping.id());
        boolean running = MappingEndpoints.isRunning(context, mapping.routeId());
        MappingStatus state = running ? MappingStatus.ON : enabled ? MappingStatus.STOPPED : MappingStatus.OFF;
        json.put("id", mapping.id())
                .put("enabled", enabled)
                .put("state", state.toString())
                .put("trigger", mapping.events().trigger())
                .put("destination", mapping.destination())
                .put("audience", mapping.audience().id().from(JsonNodeFactory.instance.objectNode()))
                .put("mapped", (long) counts.sumOfMapped())
                .put("skipped", (long) counts.sumOfSkipped())
                .put("rejected", (long) counts.sumOfRejected());
    }

    private void add(ObjectNode json, DestinationState destination) {
        DestinationState.Now now = destination.now();
        json.put("id", destination.destination().id())
                .put("apiUrl", URISupport.sanitizeUri(destination.destination().apiUrl()))
                .put("clientSideId", destination.destination().clientSideId())
                .put("state", now.kind().toString().toLowerCase(Locale.ROOT))
                .put("since", text(now.since()))
                .put("problem", now.problem())
                .put("lastError", now.lastError())
                .put("lastErrorTime", text(now.lastErrorTime()));
        RateLimit.Window window = now.rateLimit();
        ObjectNode limit = json.putObject("rateLimit");
        limit.put("left", window.left());
        limit.put("resetsAt", in(window.resetMs()));
        limit.put("waitingUntil", window.waitMs() == 0 ? null : in(window.waitMs()));
        limit.put("maxRequests", sources.settings().get(Catalogue.DELIVERY_MAX_REQUESTS));
        limit.put("periodMs", sources.settings().get(Catalogue.DELIVERY_THROTTLE_PERIOD_MS));
    }

    private static void add(ObjectNode json, AudienceLanes.UnderWay batch) {
        json.put("audienceId", batch.audience().id())
                .put("audienceKey", batch.audienceKey())
                .put("contextKind", batch.audience().contextKind())
                .put("destination", batch.audience().destination())
                .put("members", batch.members())
                .put("since", text(Instant.now().minusMillis(batch.ageMs())))
                .put("state", batch.open() ? "collecting" : "sending")
                .put("attempts", batch.attempts());
    }

    private void addDeadLetter(ObjectNode json) {
        String uri = sources.settings().get(Catalogue.DEAD_LETTER_URI);
        boolean folder = sources.deadLetterFile().isFolder();
        String full = sources.deadLetterFile().full();
        double maxBytes = sources.deadLetterFile().maxBytes();
        json.put("kind", folder ? "folder" : DeadLetterEndpoint.isFile(uri) ? "file" : "endpoint")
                .put("uri", URISupport.sanitizeUri(uri))
                .put("files", folder ? sources.deadLetterFile().ownFiles().size() : null)
                .put("bytes", folder ? sources.deadLetterFile().bytes() : null)
                .put("maxBytes", Double.isInfinite(maxBytes) ? null : (long) maxBytes)
                .put("problem", full == null ? sources.deadLetters().problem() : full);
    }

    private void addStore(ObjectNode status) {
        if (sources.store() == null) {
            status.putNull("store");
            return;
        }
        status.putObject("store")
                .put("kind", sources.settings().get(Catalogue.STORE))
                .put("required", sources.store().isRequired())
                .put("pending", sources.store().pending())
                .put("problem", sources.store().problem());
    }

    private static String in(Long milliseconds) {
        return milliseconds == null ? null : text(Instant.now().plusMillis(milliseconds));
    }

    private static String text(Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
