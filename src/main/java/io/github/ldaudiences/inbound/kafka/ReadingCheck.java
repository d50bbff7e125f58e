package io.github.ldaudiences.inbound.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks from time to time for what keeps a consumer from reading. */
final class ReadingCheck {

    static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = LoggerFactory.getLogger(ReadingCheck.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final SettledOffsetsConsumer consumer;
    private final KafkaInbound inbound;
    private final String brokers;
    private final Function<String, Metric> metrics;
    private Metric connectionCount;
    private Collection<String> topics = List.of();
    private long nextCheckNanos = System.nanoTime() + EVERY_NANOS;

    /** @param metrics finds a metric of the consumer, or null */
    ReadingCheck(
            SettledOffsetsConsumer consumer, KafkaInbound inbound, String brokers, Function<String, Metric> metrics) {
        this.consumer = consumer;
        this.inbound = inbound;
        this.brokers = brokers;
        this.metrics = metrics;
    }

    /** @param topics the topics that the consumer subscribes to by name */
    void topics(Collection<String> topics) {
        this.topics = topics;
    }

    /** Waits with the next check until some time after this one, because a more specific problem is reported. */
    void laterThan(long nanos) {
        nextCheckNanos = nanos + EVERY_NANOS;
    }

    /**
     * Reports what keeps the consumer from reading, if anything does and it is time to look.
     *
     * @param held partitions that are not being read now
     */
    void check(Set<TopicPartition> held) {
        long now = System.nanoTime();
        if (now - nextCheckNanos < 0) {
            return;
        }
        nextCheckNanos = now + EVERY_NANOS;
        lookForMore(held);
        if (connections() == 0) {
            inbound.problem(consumer, "none of the brokers " + brokers + " can be reached.");
        } else if (consumer.assignment().isEmpty() && !topics.isEmpty()) {
            checkTopics();
        } else {
            inbound.noProblem(consumer);
        }
    }

    /** Fetches the end offsets of partitions that are not being read; for others, they come with the records. */
    private void lookForMore(Set<TopicPartition> held) {
        try {
            consumer.endOffsets(held, TIMEOUT);
        } catch (RetriableException e) {
            LOG.debug("The end offsets of {} are not known now: {}", held, e.getMessage());
        }
    }

    private void checkTopics() {
        for (String topic : topics) {
            try {
                if (consumer.partitionsFor(topic, TIMEOUT).isEmpty()) {
                    inbound.problem(consumer, "there is no topic " + topic + " on the brokers " + brokers + ".");
                    return;
                }
            } catch (KafkaException e) {
                inbound.problem(consumer, "the topic " + topic + " cannot be looked up: " + e.getMessage());
                return;
            }
        }
        // It has no partition because there are as many consumers as partitions already.
        inbound.noProblem(consumer);
    }

    private double connections() {
        if (connectionCount == null) {
            connectionCount = metrics.apply("connection-count");
        }
        return connectionCount == null ? 1 : (Double) connectionCount.metricValue();
    }
}
