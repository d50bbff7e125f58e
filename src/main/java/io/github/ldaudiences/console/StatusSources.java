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
 * The sources of a status document.
 *
 * @param settings the settings
 * @param sandboxed whether events go to the embedded sandbox
 * @param counts the outcomes of events
 * @param backlog the events in memory
 * @param lanes audiences that have batches under way
 * @param mappings the mappings
 * @param mappingCounts the counts of each mapping
 * @param destinations the state of each destination
 * @param deadLetters whether dead letters can be written
 * @param deadLetterFile where they are written
 * @param store the membership store, or null if states are kept only in memory
 * @param kafkaLag uncommitted records, or null if events do not come from Kafka
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
