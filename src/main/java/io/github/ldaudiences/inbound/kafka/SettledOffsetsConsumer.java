package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.Intake;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer whose committed offsets follow the receipts. For each partition, it commits the offset before which
 * every event is settled, and seeks back to an event that could not be delivered. It stops reading while too much is in
 * flight. All of this happens in {@link #poll}, on the consumer's own thread, so that reading continues while batches
 * fill and are delivered, and a quiet topic is committed too.
 */
final class SettledOffsetsConsumer extends KafkaConsumer<Object, Object> {

    private static final Logger LOG = LoggerFactory.getLogger(SettledOffsetsConsumer.class);

    /** Above this, a partition waits for its oldest event: if that fails, all of it would be read again. */
    private static final int MAX_UNCOMMITTED_RECORDS = 200_000;

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);

    /** Poll interval while something is in flight or held back. */
    private static final Duration BRIEF = Duration.ofMillis(50);

    private final KafkaInbound inbound;
    private final KafkaInboundOptions options;
    private final String brokers;
    private final String instance;
    private final ValueDeserializer values;
    private final Runnable whenClosed;
    private boolean replaced;
    private Intake intake = new Intake();
    private final SignsOfLife signsOfLife;
    private final ReadingCheck check;
    private final AssignedPartitions partitions = new AssignedPartitions();
    private boolean waitsForRoom;
    private long pausedSinceNanos;
    private long restsUntilNanos = System.nanoTime();

    /** @param values converts what the consumer reads to JSON, and is closed with it; null if it is JSON */
    SettledOffsetsConsumer(
            Properties properties,
            KafkaInbound inbound,
            KafkaInboundOptions options,
            ValueDeserializer values,
            Runnable whenClosed) {
        super(properties);
        this.values = values;
        this.inbound = inbound;
        this.options = options;
        this.whenClosed = whenClosed;
        inbound.begin(this);
        this.instance = properties.getProperty(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        this.brokers = properties.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
        this.signsOfLife = new SignsOfLife(options.deliveryTimeout(), this::metric);
        this.check = new ReadingCheck(this, inbound, brokers, this::metric);
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        check.topics(topics);
        super.subscribe(topics, new Handover(listener));
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        super.subscribe(pattern, new Handover(listener));
    }

    /** @return the progress of a partition, or null if it is not (or no longer) assigned to this consumer */
    PartitionProgress progress(TopicPartition partition) {
        return partitions.get(partition);
    }

    /**
     * @param partition a partition of this consumer
     * @param records that a poll returned from it
     * @return the records up to the first that must be read again: their values were converted to JSON, or never can be
     */
    List<?> deserialized(TopicPartition partition, List<?> records) {
        if (values == null) {
            return records;
        }
        ValueDeserializer.Deserialized made = values.deserialize(records);
        if (made.problem() == null) {
            inbound.noProblem(progress(partition));
        } else {
            inbound.problem(
                    progress(partition),
                    "values of " + partition + " cannot be deserialized now: " + made.problem()
                            + " They are read again until they can be.");
        }
        return made.records();
    }

    /**
     * Camel calls this before it resumes, to seek there. Records that a pause has left undelivered are read again
     * anyway.
     */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> wanted) {
        return Map.of();
    }

    /**
     * Updates and commits the partitions' offsets, then reads on.
     *
     * <p>Camel creates an exchange for each record that it is given. So it is given one record for each partition,
     * whose value is the list of all records that the poll returned from the partition.
     *
     * <p>No exception leaves this method: Camel would retry immediately, and may skip a record.
     */
    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        inbound.polls(this);
        if (replaced || System.nanoTime() - restsUntilNanos < 0) {
            LockSupport.parkNanos(timeout.toNanos());
            return ConsumerRecords.empty();
        }
        long until = signsOfLife.look();
        partitions.forEach(assignment(), (partition, progress) -> progress.renew(until));
        try {
            commitSettled(assignment());
            goBackToFailed();
            endWhatOutlivesAPause();
            Set<TopicPartition> held = held();
            tellWhetherMore(held);
            check.check(held);
            // Nothing after this may fail, because the records would be skipped.
            ConsumerRecords<Object, Object> records = pollOthers(held, timeout);
            if (records.isEmpty()) {
                endIntake();
            }
            return together(records);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (FencedInstanceIdException e) {
            giveWay();
            return ConsumerRecords.empty();
        } catch (KafkaException | IllegalStateException e) {
            inbound.problem(this, e instanceof SslAuthenticationException ? noTls(e) : e.getMessage());
            // Camel can stop the consumer between the polls of this time.
            restsUntilNanos = System.nanoTime() + ReadingCheck.EVERY_NANOS;
            check.laterThan(restsUntilNanos); // this is more specific than a check
            return ConsumerRecords.empty();
        }
    }

    private String noTls(RuntimeException e) {
        return "TLS with the brokers " + brokers
                + " fails: " + KafkaInbound.firstCause(e)
                + ". Their certificate must be trusted by"
                + " audiences.kafka.ssl-truststore-location. If they ask for a client certificate, they must trust"
                + " the one in audiences.kafka.ssl-keystore-location.";
    }

    /**
     * Stops reading, because another consumer has taken this one's instance ID and partitions. If both went on, they
     * would take them from each other forever.
     */
    private void giveWay() {
        replaced = true;
        endIntake();
        abandonAndForget(partitions.all());
        inbound.lag(this, 0, PartitionProgress.UNKNOWN);
        inbound.problem(
                this,
                "another process has joined the group as " + instance
                        + ", so this one has stopped reading. Give each process an"
                        + " audiences.inbound.kafka.instance-id of its own, and restart this one.");
    }

    private static ConsumerRecords<Object, Object> together(ConsumerRecords<Object, Object> polled) {
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> lists = new LinkedHashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<Object, Object>> records = polled.records(partition);
            long first = records.get(0).offset();
            lists.put(
                    partition,
                    List.of(new ConsumerRecord<>(partition.topic(), partition.partition(), first, null, records)));
        }
        return new ConsumerRecords<>(lists);
    }

    private ConsumerRecords<Object, Object> pollOthers(Set<TopicPartition> held, Duration timeout) {
        boolean wait = held.isEmpty() && !partitions.isAnythingUnderWay();
        Duration upTo = wait || timeout.compareTo(BRIEF) < 0 ? timeout : BRIEF;
        // They are looked for between polls.
        upTo = upTo.compareTo(signsOfLife.interval()) < 0 ? upTo : signsOfLife.interval();
        // Paused for this poll only, so that pauses that Camel requests are not affected.
        held.removeAll(paused());
        pause(held);
        try {
            return super.poll(upTo);
        } finally {
            held.retainAll(assignment());
            resume(held);
        }
    }

    private void commitSettled(Collection<TopicPartition> wanted) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(wanted, (partition, progress) -> progress.committable()
                .ifPresent(offset -> offsets.put(partition, new OffsetAndMetadata(offset))));
        if (offsets.isEmpty()) {
            return;
        }
        try {
            commitSync(offsets, COMMIT_TIMEOUT);
            offsets.forEach((partition, offset) -> {
                PartitionProgress progress = partitions.get(partition);
                if (progress != null) {
                    progress.committed(offset.offset());
                }
            });
        } catch (RebalanceInProgressException | org.apache.kafka.common.errors.TimeoutException e) {
            LOG.debug("Offsets are committed with a later poll: {}", e.getMessage());
        } catch (CommitFailedException e) {
            // The group rebalanced without this consumer: the next poll says which partitions are lost.
            LOG.warn("The group rebalanced without this consumer; the events that it had read will be read again.");
        }
    }

    private void goBackToFailed() {
        partitions.forEach(assignment(), (partition, progress) -> {
            OptionalLong offset = progress.goBack();
            if (offset.isPresent()) {
                LOG.warn(
                        "Events of {} from offset {} on could not be delivered and will be read again.",
                        partition,
                        offset.getAsLong());
                seek(partition, offset.getAsLong());
            }
        });
    }

    /** Camel pauses its consumers before it stops, and would wait without a limit for what is in flight. */
    private void endWhatOutlivesAPause() {
        if (paused().isEmpty()) {
            pausedSinceNanos = 0;
        } else if (pausedSinceNanos == 0) {
            pausedSinceNanos = System.nanoTime();
        } else if (System.nanoTime() - pausedSinceNanos > options.drainTimeout().toNanos()) {
            partitions.forEach(paused(), (partition, progress) -> progress.abandon("reading is paused"));
        }
    }

    private Set<TopicPartition> held() {
        waitsForRoom = waitsForRoom ? !inbound.hasBacklogRoom() : inbound.isBacklogFull();
        // While the group waits for a dead member, the others send no heartbeats. Records that they read then could not
        // be sent, and would be read again and again.
        if (waitsForRoom || !signsOfLife.isHeardOf()) {
            return new HashSet<>(assignment());
        }
        Set<TopicPartition> held = new HashSet<>(paused());
        partitions.forEach(assignment(), (partition, progress) -> {
            if (progress.isHeld() || progress.uncommittedRecords() >= MAX_UNCOMMITTED_RECORDS) {
                held.add(partition);
            }
        });
        return held;
    }

    private void tellWhetherMore(Set<TopicPartition> held) {
        boolean more = false;
        long lag = 0;
        long sinceMs = PartitionProgress.UNKNOWN;
        long nowMs = System.currentTimeMillis();
        for (TopicPartition partition : assignment()) {
            OptionalLong unread = currentLag(partition);
            PartitionProgress progress = partitions.get(partition);
            lag += unread.orElse(0) + (progress == null ? 0 : progress.uncommittedOffsets());
            more |= !held.contains(partition) && unread.orElse(1) > 0;
            if (progress != null) {
                if (unread.orElse(1) == 0) {
                    progress.nothingUnread(nowMs);
                }
                long partitionSinceMs = progress.uncommittedSinceMs(unread.orElse(0) > 0);
                boolean older = partitionSinceMs >= 0 && (sinceMs < 0 || partitionSinceMs < sinceMs);
                sinceMs = older ? partitionSinceMs : sinceMs;
            }
        }
        inbound.lag(this, lag, sinceMs);
        if (!more) {
            endIntake();
        }
    }

    /** @return the intake of this consumer: while it has more to read, batches wait for it */
    Intake intake() {
        return intake;
    }

    private void endIntake() {
        intake.end();
        intake = new Intake();
    }

    private Metric metric(String name) {
        return metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals(name) && metric.metricValue() instanceof Double)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        try {
            super.close();
        } finally {
            endIntake();
            inbound.forget(this);
            partitions.forEach(partitions.all(), (partition, progress) -> inbound.forget(progress));
            if (values != null) {
                values.close();
            }
            whenClosed.run();
        }
    }

    private void abandonAndForget(Collection<TopicPartition> lost) {
        inbound.partitionsChangeHands();
        // A request on the wire may still arrive, so the partition is not released before that.
        partitions.await(
                lost,
                progress -> progress.abandon("its partition now belongs to another consumer"),
                options.requestTimeout());
        partitions.forEach(lost, (partition, progress) -> inbound.forget(progress));
        partitions.remove(lost);
    }

    /** Takes over and releases partitions, so that no event is sent by two consumers at the same time. */
    private final class Handover implements ConsumerRebalanceListener {

        private final ConsumerRebalanceListener next;

        Handover(ConsumerRebalanceListener next) {
            this.next = next;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            long until = signsOfLife.heardOf();
            inbound.partitionsChangeHands();
            for (TopicPartition partition : assigned) {
                PartitionProgress progress = new PartitionProgress(options.retryDelay(), options.maxRetryDelay());
                progress.renew(until);
                partitions.add(partition, progress);
            }
            next.onPartitionsAssigned(assigned);
        }

        /** The group waits for this consumer: events in flight may complete, within limits. */
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            if (!revoked.isEmpty()) {
                try {
                    inbound.completeOpenBatches();
                    partitions.await(revoked, PartitionProgress::settled, options.drainTimeout());
                    commitSettled(revoked);
                } finally {
                    abandonAndForget(revoked);
                }
            }
            next.onPartitionsRevoked(revoked);
        }

        /** The group did not wait: other consumers may have started already. */
        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            LOG.warn(
                    "The group has taken {} away from this consumer; events that are not sent yet are left to the"
                            + " new consumers.",
                    lost);
            abandonAndForget(lost);
            next.onPartitionsLost(lost);
        }
    }
}
