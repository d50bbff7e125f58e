package io.github.ldaudiences;

import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.deadletter.PersonalData;
import io.github.ldaudiences.destination.Destination;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.forget.ForgetPerson;
import io.github.ldaudiences.lookup.LookupReply;
import io.github.ldaudiences.lookup.StateJson;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.resync.Resync;
import io.github.ldaudiences.store.MembershipStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ThreadPoolProfile;

/** Binds what the routes name that look into the membership store. */
final class MembershipsInstaller {

    /** Where states are looked up. */
    static final String PATH = "/v1/memberships";

    /** Where a resync is begun. */
    static final String RESYNC_PATH = "/v1/resync";

    private final CamelContext context;
    private final Settings settings;

    MembershipsInstaller(CamelContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    static boolean isOn(Settings settings, Property<String> what) {
        return settings.get(what).equals("on");
    }

    /** @throws ConfigurationException if something is on that needs a store, and there is none */
    static void check(Settings settings) {
        for (Property<String> what : List.of(Catalogue.STORE_LOOKUP, Catalogue.STORE_FORGET, Catalogue.STORE_RESYNC)) {
            if (isOn(settings, what) && !StoreInstaller.isOn(settings)) {
                throw new ConfigurationException(what.key() + "=on is not allowed while " + Catalogue.STORE.key()
                        + "=memory; allowed is off, or a store in a file or a database (docs/store.md).");
            }
        }
    }

    void bindLookup(MembershipStore store, List<Destination> destinations) {
        if (isOn(settings, Catalogue.STORE_LOOKUP)) {
            context.getRegistry().bind("lookupReply", new LookupReply(store, new StateJson(destinations)));
        }
    }

    void bindForget(
            MembershipStore store,
            NewestStates newestStates,
            DeadLetterFile deadLetters,
            PersonalData personalData,
            List<Mapping> mappings,
            List<Destination> destinations,
            Backlog backlog) {
        if (isOn(settings, Catalogue.STORE_FORGET)) {
            context.getRegistry()
                    .bind(
                            "forgetPerson",
                            new ForgetPerson(
                                    store,
                                    newestStates,
                                    deadLetters,
                                    personalData,
                                    mappings,
                                    ids(destinations),
                                    backlog,
                                    Duration.ofMillis(settings.get(Catalogue.HTTP_REPLY_TIMEOUT_MS))));
        }
    }

    /** @param threads what the route gets its one thread from */
    void bindResync(MembershipStore store, List<Destination> destinations, Backlog backlog, ThreadPoolProfile threads) {
        if (isOn(settings, Catalogue.STORE_RESYNC)) {
            context.getExecutorServiceManager().registerThreadPoolProfile(threads);
            context.getRegistry().bind("resync", new Resync(context, store, ids(destinations), backlog));
        }
    }

    private static Set<String> ids(List<Destination> destinations) {
        return destinations.stream().map(Destination::id).collect(Collectors.toSet());
    }
}
