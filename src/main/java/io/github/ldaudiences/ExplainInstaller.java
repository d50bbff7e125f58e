package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.console.ConsoleExplain;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.explain.ExplainReply;
import io.github.ldaudiences.explain.Explainer;
import io.github.ldaudiences.explain.MappingStatus;
import io.github.ldaudiences.inbound.Receipts;
import io.github.ldaudiences.inbound.http.HttpReceipt;
import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingEndpoints;
import java.time.Duration;

/** Binds the beans of the route {@code explain}. */
final class ExplainInstaller {

    /** One explanation is as long as a page. */
    private static final int MAX_EVENTS = 100;

    /** Longer than any explanation takes. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Installation installation;

    ExplainInstaller(Installation installation) {
        this.installation = installation;
    }

    static boolean isOn(Settings settings) {
        return settings.get(Catalogue.EXPLAIN).equals("on");
    }

    void bindBeans(
            MappingInstaller mappings,
            DestinationsInstaller destinations,
            BatchInstaller batches,
            ReceivingBytes receiving) {
        if (isOn(installation.settings())) {
            installation.bind("readEventsToExplain", readEvents(receiving));
            installation.bind("explainReply", reply(mappings, destinations, batches));
        }
    }

    /** @return explains events to the console, even if the HTTP endpoint is off */
    ConsoleExplain forConsole(
            MappingInstaller mappings,
            DestinationsInstaller destinations,
            BatchInstaller batches,
            ReceivingBytes receiving) {
        return new ConsoleExplain(
                installation.context(), readEvents(receiving), reply(mappings, destinations, batches));
    }

    private HttpReceipt readEvents(ReceivingBytes receiving) {
        EventReader few = new EventReader(new EventLimits(
                Math.min(MAX_EVENTS, installation.intValue(Catalogue.HTTP_MAX_EVENTS)),
                installation.intValue(Catalogue.EVENT_MAX_BYTES),
                installation.intValue(Catalogue.EVENT_MAX_DEPTH)));
        // Explained events do not count against the backlog of delivered events, and no meter counts them.
        Backlog unlimited = new Backlog(Long.MAX_VALUE, Long.MAX_VALUE);
        return new HttpReceipt(few, receiving, new Receipts(unlimited, TIMEOUT, (summary, received) -> {}));
    }

    private ExplainReply reply(MappingInstaller mappings, DestinationsInstaller destinations, BatchInstaller batches) {
        return new ExplainReply(Explainer.of(
                installation.settings(),
                mappings.mappings(),
                destinations.destinations(),
                destinations.sandboxed(),
                batches.batchByAudience(),
                batches.recallStates(),
                batches.settleRepeats(),
                this::status));
    }

    private MappingStatus status(Mapping mapping) {
        if (MappingEndpoints.isRunning(installation.context(), mapping.routeId())) {
            return MappingStatus.ON;
        }
        return installation.settings().get(Catalogue.MAPPING_ENABLED, mapping.id())
                ? MappingStatus.STOPPED
                : MappingStatus.OFF;
    }
}
