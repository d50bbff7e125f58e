package io.github.ldaudiences;

import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.destination.Destination;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.explain.ExplainReply;
import io.github.ldaudiences.explain.Explainer;
import io.github.ldaudiences.explain.MappingStatus;
import io.github.ldaudiences.inbound.HttpReceipt;
import io.github.ldaudiences.inbound.connection.ReceivingBytes;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingEndpoints;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/** Binds what the route {@code explain} names. */
final class ExplainInstaller {

    /** An explanation is as long as a page. */
    private static final int MAX_EVENTS = 100;

    /** Longer than any explanation takes. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final CamelContext context;
    private final Settings settings;

    ExplainInstaller(CamelContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    static boolean isOn(Settings settings) {
        return settings.get(Catalogue.EXPLAIN).equals("on");
    }

    void bindBeans(
            List<Mapping> mappings,
            List<Destination> destinations,
            boolean sandboxed,
            BatchByAudience batches,
            RecallStates recallStates,
            SettleRepeats settleRepeats,
            ReceivingBytes receiving) {
        EventReader few = new EventReader(new EventLimits(
                Math.min(MAX_EVENTS, Math.toIntExact(settings.get(Catalogue.HTTP_MAX_EVENTS))),
                Math.toIntExact(settings.get(Catalogue.EVENT_MAX_BYTES)),
                Math.toIntExact(settings.get(Catalogue.EVENT_MAX_DEPTH))));
        // Its events take nothing of the backlog of those that are delivered, and are counted nowhere.
        Backlog unlimited = new Backlog(Long.MAX_VALUE, Long.MAX_VALUE);
        Registry beans = context.getRegistry();
        beans.bind(
                "readEventsToExplain", new HttpReceipt(few, receiving, unlimited, TIMEOUT, (summary, received) -> {}));
        beans.bind(
                "explainReply",
                new ExplainReply(Explainer.of(
                        settings,
                        mappings,
                        destinations,
                        sandboxed,
                        batches,
                        recallStates,
                        settleRepeats,
                        this::status)));
    }

    private MappingStatus status(Mapping mapping) {
        if (MappingEndpoints.isRunning(context, mapping.routeId())) {
            return MappingStatus.ON;
        }
        return settings.get(Catalogue.MAPPING_ENABLED, mapping.id()) ? MappingStatus.STOPPED : MappingStatus.OFF;
    }
}
