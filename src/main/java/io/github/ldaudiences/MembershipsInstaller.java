package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.memberships.ForgetPerson;
import io.github.ldaudiences.memberships.LookupReply;
import io.github.ldaudiences.memberships.Resync;
import io.github.ldaudiences.memberships.StateJson;
import io.github.ldaudiences.store.MembershipStore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Binds the beans of the routes that read the membership store. */
final class MembershipsInstaller {

    private final Installation installation;
    private final MembershipStore store;
    private final DestinationsInstaller destinations;

    /** @param store null if states are only in memory */
    MembershipsInstaller(Installation installation, MembershipStore store, DestinationsInstaller destinations) {
        this.installation = installation;
        this.store = store;
        this.destinations = destinations;
    }

    static boolean isOn(Settings settings, Property<String> what) {
        return settings.get(what).equals("on");
    }

    static void check(Rules rules) {
        for (Property<String> what : List.of(Catalogue.STORE_LOOKUP, Catalogue.STORE_FORGET, Catalogue.STORE_RESYNC)) {
            if (isOn(rules.settings(), what) && !StoreInstaller.isOn(rules.settings())) {
                rules.refuse(what.key() + "=on is not allowed while " + Catalogue.STORE.key()
                        + "=memory; allowed is off, or a store in a file or a database (docs/store.md).");
            }
        }
    }

    void bindBeans(
            MappingInstaller mappings, BatchInstaller batches, DeadLetterInstaller deadLetters, Backlog backlog) {
        Settings settings = installation.settings();
        if (isOn(settings, Catalogue.STORE_LOOKUP)) {
            installation.bind("lookupReply", new LookupReply(store, new StateJson(destinations.destinations())));
        }
        if (isOn(settings, Catalogue.STORE_FORGET)) {
            installation.bind(
                    "forgetPerson",
                    new ForgetPerson(
                            store,
                            batches.newestStates(),
                            deadLetters.file(),
                            deadLetters.personalData(),
                            mappings.mappings(),
                            destinationIds(),
                            backlog,
                            installation.millis(Catalogue.HTTP_REPLY_TIMEOUT_MS)));
        }
        if (isOn(settings, Catalogue.STORE_RESYNC)) {
            installation.threadPool("resync", 1);
            installation.bind("resync", new Resync(installation.context(), store, destinationIds(), backlog));
        }
    }

    private Set<String> destinationIds() {
        return destinations.destinations().stream().map(Destination::id).collect(Collectors.toSet());
    }
}
