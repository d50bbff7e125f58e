package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.EndpointReceipt;
import java.util.stream.Collectors;

/** Sets up the inbound for any other Camel endpoint. */
final class EndpointInstaller {

    private final Installation installation;

    EndpointInstaller(Installation installation) {
        this.installation = installation;
    }

    static void check(Rules rules) {
        Settings settings = rules.settings();
        String uri = settings.get(Catalogue.ENDPOINT_URI);
        if (!settings.get(Catalogue.INBOUND).contains(Inbound.ENDPOINT)) {
            if (!uri.isEmpty()) {
                rules.refuse(
                        Catalogue.ENDPOINT_URI,
                        "no value while " + Catalogue.INBOUND.key() + "="
                                + settings.get(Catalogue.INBOUND).stream()
                                        .map(Inbound::toString)
                                        .collect(Collectors.joining(","))
                                + ", which does not include " + Inbound.ENDPOINT);
            }
            return;
        }
        rules.less(
                Catalogue.BATCH_MAX_WAIT_MS,
                Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS,
                "messages would fail before their changes are even sent");
        if (uri.isEmpty()) {
            rules.refuse(
                    Catalogue.ENDPOINT_URI,
                    "the URI of a Camel endpoint while " + Catalogue.INBOUND.key() + " includes " + Inbound.ENDPOINT);
        }
        if (uri.startsWith("kafka:")) {
            rules.refuse(
                    Catalogue.ENDPOINT_URI,
                    "any endpoint other than Kafka's, whose offsets would be committed before delivery; for Kafka,"
                            + " use " + Catalogue.INBOUND.key()
                            + "=kafka with audiences.inbound.kafka.uri");
        }
    }

    /** Always binds the beans, because the Kamelet needs them, whichever inbounds are on. */
    void bindBeans(EventInstaller events, EventCounts counts) {
        installation.bind(
                "openEndpointReceipt",
                new EndpointReceipt(
                        events.reader(),
                        events.receipts(installation.millis(Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS), counts::settled),
                        installation.settings().get(Catalogue.ENDPOINT_URI)));
    }
}
