package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Memberships;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * Records for one topic: people who enter and leave audiences, some of them again and again, the same said twice, and
 * what is no event at all. It is known beforehand where each record will be and what must become of it.
 */
final class MembershipWorkload {

    /** What must become of a record. */
    enum Fate {
        DELIVERED,
        SKIPPED,
        DEAD_LETTERED
    }

    /**
     * One record.
     *
     * @param user the key
     * @param value the value, or null for a tombstone
     * @param partition where it will be
     * @param offset where it will be
     * @param fate what must become of it
     * @param membership which person in which audience it is about, if it is to be delivered
     * @param member what it says about them
     */
    record Entry(String user, byte[] value, int partition, long offset, Fate fate, String membership, boolean member) {

        @Override
        public String toString() {
            String text = value == null ? "no value" : new String(value, StandardCharsets.UTF_8);
            return "partition " + partition + ", offset " + offset + ": " + text;
        }
    }

    /** Values that are no events; null is a tombstone. */
    private static final List<String> NO_EVENTS =
            Arrays.asList("{\"type\":\"identify\",\"userId\":", null, "", "17", "\"text\"", "null", "{}{}", "\u0000");

    /** What makes an event one that cannot be used. */
    private static final List<Consumer<ObjectNode>> SPOILERS = List.of(
            event -> event.remove("userId"),
            event -> event.putNull("userId"),
            event -> event.putObject("userId"),
            event -> event.putArray("userId").add("a").add("b"),
            event -> personas(event).remove("computation_id"),
            event -> personas(event).putObject("computation_id"),
            event -> personas(event).remove("computation_key"),
            event -> personas(event).put("computation_key", "another"),
            event -> answers(event).put(personas(event).path("computation_key").asText(), "perhaps"),
            event -> answers(event).put(personas(event).path("computation_key").asText(), 1));

    /** What makes an event one that is not for us. */
    private static final List<Consumer<ObjectNode>> STRANGERS = List.of(
            event -> event.put("type", "page"),
            event -> event.put("type", "no-such-type"),
            event -> event.put("type", 17),
            event -> event.remove("type"),
            event -> personas(event).put("computation_class", "trait"),
            event -> personas(event).putArray("computation_class"),
            event -> event.remove("context"),
            event -> event.put("context", "none"));

    private final String topic;
    private final Random random;
    private final List<Entry> entries = new ArrayList<>();
    private final List<List<Entry>> partitions;
    private final Map<String, Boolean> memberships = new TreeMap<>();
    private final Map<String, Long> lastChanges = new HashMap<>();
    private int produced;

    /**
     * Makes up records; the same seed makes the same.
     *
     * @param topic into which nothing else is written
     * @param partitionCount its partitions
     * @param records how many records
     * @param audiences how many audiences
     * @param people how many people
     * @param seed of what is random
     */
    MembershipWorkload(String topic, int partitionCount, int records, int audiences, int people, long seed) {
        this.topic = topic;
        this.random = new Random(seed);
        this.partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> (List<Entry>) new ArrayList<Entry>())
                .toList();
        for (int i = 0; i < records; i++) {
            // A few people change all the time; most others are in an audience once and for all.
            boolean restless = random.nextInt(3) == 0;
            String user = "user-" + random.nextInt(restless ? people / 100 : people);
            String audience = "aud-" + random.nextInt(audiences);
            int percent = random.nextInt(100);
            if (percent < 3) {
                add(user, bytes(NO_EVENTS.get(random.nextInt(NO_EVENTS.size()))), Fate.DEAD_LETTERED);
            } else if (percent < 6) {
                add(user, changed(event(user, audience, true, i), SPOILERS), Fate.DEAD_LETTERED);
            } else if (percent < 8) {
                add(user, changed(event(user, audience, true, i), STRANGERS), Fate.SKIPPED);
            } else if (percent < 12 && i > 0) {
                repeat(entries.get(entries.size() - 1 - random.nextInt(Math.min(entries.size(), 500))));
            } else {
                boolean member = restless ? random.nextBoolean() : random.nextInt(10) > 0;
                change(user, audience, member, i);
            }
        }
    }

    private void change(String user, String audience, boolean member, int time) {
        String membership = Memberships.key(audience, user);
        Boolean before = memberships.put(membership, member);
        Entry entry =
                add(user, bytes(event(user, audience, member, time).toString()), Fate.DELIVERED, membership, member);
        if (before == null || before != member) {
            lastChanges.put(membership, entry.offset());
        }
    }

    /**
     * Says the same once more, as senders do that got no answer. Not what has changed since: a process that was killed
     * has forgotten the newer event, and then the order of arrival counts, as is documented.
     */
    private void repeat(Entry entry) {
        if (entry.fate() != Fate.DELIVERED || memberships.get(entry.membership()) == entry.member()) {
            add(entry.user(), entry.value(), entry.fate(), entry.membership(), entry.member());
        }
    }

    private void add(String user, byte[] value, Fate fate) {
        add(user, value, fate, null, false);
    }

    private Entry add(String user, byte[] value, Fate fate, String membership, boolean member) {
        // As Kafka's own partitioner does; the broker's answer is compared with it.
        int partition = Utils.toPositive(Utils.murmur2(bytes(user))) % partitions.size();
        List<Entry> before = partitions.get(partition);
        Entry entry = new Entry(user, value, partition, before.size(), fate, membership, member);
        before.add(entry);
        entries.add(entry);
        return entry;
    }

    private ObjectNode event(String user, String audience, boolean member, int time) {
        AudienceEvent event = random.nextBoolean()
                ? AudienceEvent.identify(audience, "key of " + audience, member)
                : AudienceEvent.track(audience, "key of " + audience, member);
        return event.user(user).at(time).json();
    }

    private byte[] changed(ObjectNode event, List<Consumer<ObjectNode>> ways) {
        ways.get(random.nextInt(ways.size())).accept(event);
        return bytes(event.toString());
    }

    private static ObjectNode personas(ObjectNode event) {
        return event.withObject("/context/personas");
    }

    /** What holds the field that says true or false. */
    private static ObjectNode answers(ObjectNode event) {
        return (ObjectNode) (event.has("traits") ? event.get("traits") : event.get("properties"));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the next records; all that are left if there are fewer. */
    void produce(KafkaBroker broker, int records) {
        List<Entry> next = entries.subList(produced, Math.min(entries.size(), produced + records));
        List<RecordMetadata> places = broker.produce(
                topic,
                next.stream()
                        .map(entry -> new ProducerRecord<>(topic, bytes(entry.user()), entry.value()))
                        .toList());
        for (int i = 0; i < next.size(); i++) {
            assertThat(places.get(i).partition()).isEqualTo(next.get(i).partition());
            assertThat(places.get(i).offset()).isEqualTo(next.get(i).offset());
        }
        produced += next.size();
    }

    String topic() {
        return topic;
    }

    int size() {
        return entries.size();
    }

    /** The records of each partition, in order. */
    List<List<Entry>> partitions() {
        return partitions;
    }

    /** Where each partition will end. */
    Map<TopicPartition, Long> endOffsets() {
        return IntStream.range(0, partitions.size())
                .boxed()
                .collect(Collectors.toMap(partition -> new TopicPartition(topic, partition), partition ->
                        (long) partitions.get(partition).size()));
    }

    /** Who must be in which audience in the end: what the last event about them says. */
    Map<String, Boolean> memberships() {
        return memberships;
    }

    /** Whether no later record says anything else about the same person and audience. */
    boolean isLastWord(Entry entry) {
        return entry.offset() >= lastChanges.get(entry.membership());
    }

    /** Places of what must be in a dead letter. */
    Set<Place> deadLetters() {
        return entries.stream()
                .filter(entry -> entry.fate() == Fate.DEAD_LETTERED)
                .map(entry -> new Place(topic, entry.partition(), entry.offset()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
