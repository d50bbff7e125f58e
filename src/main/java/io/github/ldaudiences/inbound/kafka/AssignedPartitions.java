package io.github.ldaudiences.inbound.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The progress of each partition that is assigned to a consumer. */
final class AssignedPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(AssignedPartitions.class);

    private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();

    void add(TopicPartition partition, PartitionProgress progress) {
        partitions.put(partition, progress);
    }

    void remove(Collection<TopicPartition> lost) {
        partitions.keySet().removeAll(lost);
    }

    /** @return all of them, as they are now */
    Set<TopicPartition> all() {
        return Set.copyOf(partitions.keySet());
    }

    /** @return null if the partition is not (or no longer) assigned */
    PartitionProgress get(TopicPartition partition) {
        return partitions.get(partition);
    }

    /** @return whether offsets of any of them are not committed yet */
    boolean isAnythingUnderWay() {
        return partitions.values().stream().anyMatch(progress -> progress.uncommittedRecords() > 0);
    }

    /** Leaves out those that are not (or no longer) assigned. */
    void forEach(Collection<TopicPartition> wanted, BiConsumer<TopicPartition, PartitionProgress> action) {
        for (TopicPartition partition : wanted) {
            PartitionProgress progress = partitions.get(partition);
            if (progress != null) {
                action.accept(partition, progress);
            }
        }
    }

    /** Does something to each, and waits until it is done, or time is up. */
    void await(
            Collection<TopicPartition> wanted,
            Function<PartitionProgress, CompletableFuture<Void>> what,
            Duration upTo) {
        Set<CompletableFuture<Void>> all = new HashSet<>();
        forEach(wanted, (partition, progress) -> all.add(what.apply(progress)));
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(upTo.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Some events of {} were not delivered in time.", wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
