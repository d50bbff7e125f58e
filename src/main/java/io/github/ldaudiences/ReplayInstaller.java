package io.github.ldaudiences;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.ReplayReader;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.http.HttpReceipt;
import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import io.github.ldaudiences.mapping.ConcealedPlaces;
import java.util.Objects;

/** Sets up the replay of dead letters. */
final class ReplayInstaller {

    private final Installation installation;
    private final MappingInstaller mappings;

    ReplayInstaller(Installation installation, MappingInstaller mappings) {
        this.installation = installation;
        this.mappings = mappings;
    }

    static boolean isOn(Settings settings) {
        return settings.get(Catalogue.REPLAY).equals("on");
    }

    /** Whether the replay route is needed, by HTTP callers or by the console. */
    static boolean isNeeded(Settings settings) {
        return isOn(settings) || settings.get(Catalogue.CONSOLE_ACTIONS).equals("on");
    }

    void bindBeans(EventInstaller events, ReceivingBytes receiving, EventCounts counts) {
        ReplayReader reader = new ReplayReader(
                events.reader(),
                installation.intValue(Catalogue.HTTP_MAX_EVENTS),
                mapping -> mappings.endpoints().problem(installation.context(), mapping),
                this::concealedFrom);
        installation.bind(
                "openReplayReceipt",
                new HttpReceipt(
                        reader,
                        receiving,
                        events.receipts(installation.millis(Catalogue.HTTP_REPLY_TIMEOUT_MS), counts::settled)));
    }

    /**
     * Returns why a mapping cannot use a dead letter because values are concealed in it, or null. A null id means any
     * mapping.
     */
    private String concealedFrom(String id, ObjectNode event) {
        return mappings.mappings().stream()
                .filter(mapping -> id == null || mapping.id().equals(id))
                .map(mapping -> ConcealedPlaces.problem(mapping, event))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
