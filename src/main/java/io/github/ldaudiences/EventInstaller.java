package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.inbound.AwaitReceipt;
import io.github.ldaudiences.inbound.Receipts;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingProjection;
import java.time.Duration;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Sets up what all inbounds share: how events are read, and how many may be in flight. */
final class EventInstaller {

    private final Installation installation;
    private final List<Mapping> mappings;
    private final Backlog backlog;

    EventInstaller(Installation installation, List<Mapping> mappings) {
        this.installation = installation;
        this.mappings = mappings;
        long maxBytes = installation.settings().get(Catalogue.BACKLOG_MAX_BYTES);
        backlog = new Backlog(
                installation.settings().get(Catalogue.BACKLOG_MAX_EVENTS),
                maxBytes > 0 ? maxBytes : Runtime.getRuntime().maxMemory() / 4);
    }

    Backlog backlog() {
        return backlog;
    }

    /**
     * @param timeout how long the sources of an inbound wait for delivery
     * @param counts is given the results of its events
     */
    Receipts receipts(Duration timeout, ObjIntConsumer<ReceiptSummary> counts) {
        return new Receipts(backlog, timeout, counts);
    }

    /** @return a reader of the fields that the mappings need; each inbound has its own */
    EventReader reader() {
        return new EventReader(
                new EventLimits(
                        installation.intValue(Catalogue.HTTP_MAX_EVENTS),
                        installation.intValue(Catalogue.EVENT_MAX_BYTES),
                        installation.intValue(Catalogue.EVENT_MAX_DEPTH)),
                MappingProjection.of(mappings, StoreInstaller.isOn(installation.settings())));
    }

    void bindBeans() {
        installation.bind("awaitReceipt", new AwaitReceipt());
        installation.bind("eventChunks", new EventChunks());
    }
}
