package io.github.ldaudiences.console;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.deadletter.DeadLetters;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingCounts;
import io.github.ldaudiences.store.MembershipStore;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where a status document is made from.
 *
 * @param settings the settings
 * @param sandboxed whether events go to the embedded sandbox
 * @param counts what has happened
 * @param backlog what is in memory
 * @param lanes audiences that have something under way
 * @param mappings the mappings
 * @param mappingCounts what each of them has made of events
 * @param destinations how each destination fares
 * @param deadLetters whether dead letters can be written
 * @param deadLetterFile where they are written
 * @param store the membership store, or null if states are only in memory
 * @param kafkaLag records that are not committed, or null if events do not come from Kafka
 */
public record StatusSources(
        Settings settings,
        boolean sandboxed,
        EventCounts counts,
        Backlog backlog,
        AudienceLanes lanes,
        List<Mapping> mappings,
        List<MappingCounts> mappingCounts,
        List<DestinationState> destinations,
        DeadLetters deadLetters,
        DeadLetterFile deadLetterFile,
        MembershipStore store,
        LongSupplier kafkaLag) {}
