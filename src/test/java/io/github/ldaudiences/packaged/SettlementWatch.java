package io.github.ldaudiences.packaged;

import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.packaged.MembershipWorkload.Entry;
import io.github.ldaudiences.sandbox.Sandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks all the time whether everything below the committed offsets is where it belongs: the sandbox has the state from
 * that event, or from a later one about the same person and audience, or the record is in a dead letter.
 */
final class SettlementWatch implements AutoCloseable {

    private static final long EVERY_MS = 50;
    private static final int ENOUGH = 5;

    private final KafkaBroker broker;
    private final String group;
    private final Sandbox sandbox;
    private final MembershipWorkload workload;
    private final List<Path> deadLetterFolders = new CopyOnWriteArrayList<>();
    private final DeadLetterFiles deadLetters = new DeadLetterFiles();
    private final long[] checked;
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile int samples;

    SettlementWatch(KafkaBroker broker, String group, Sandbox sandbox, MembershipWorkload workload) {
        this.broker = broker;
        this.group = group;
        this.sandbox = sandbox;
        this.workload = workload;
        this.checked = new long[workload.partitions().size()];
        thread.scheduleWithFixedDelay(this::look, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Dead letters are there as well, from now on. */
    void addDeadLetters(Path folder) {
        deadLetterFolders.add(folder);
    }

    /** What was committed and should not have been, and what kept this from looking. */
    List<String> violations() {
        return violations;
    }

    /** How many times committed offsets had moved when they were looked at. */
    int samples() {
        return samples;
    }

    private void look() {
        try {
            // In this order: what was committed then must have arrived by now.
            Map<TopicPartition, OffsetAndMetadata> committed = broker.committed(group);
            List<Entry> settled = new ArrayList<>();
            committed.forEach((partition, offset) -> settled.addAll(newlySettled(partition, offset.offset())));
            if (settled.isEmpty()) {
                return;
            }
            samples++;
            Map<String, Boolean> memberships = Memberships.of(sandbox);
            Set<Place> dead = deadLetters.places(deadLetterFolders);
            for (Entry entry : settled) {
                String problem = problem(entry, memberships, dead);
                if (problem != null && violations.size() < ENOUGH) {
                    violations.add(problem + ", although committed: " + entry);
                }
            }
        } catch (RuntimeException e) {
            violations.add(e.toString());
            throw e;
        }
    }

    private List<Entry> newlySettled(TopicPartition partition, long committed) {
        int number = partition.partition();
        long before = checked[number];
        if (committed < before) {
            violations.add(partition + " went back from " + before + " to " + committed);
            return List.of();
        }
        checked[number] = committed;
        return workload.partitions().get(number).subList((int) before, (int) committed);
    }

    private String problem(Entry entry, Map<String, Boolean> memberships, Set<Place> dead) {
        return switch (entry.fate()) {
            case SKIPPED -> null;
            case DEAD_LETTERED ->
                dead.contains(new Place(workload.topic(), entry.partition(), entry.offset()))
                        ? null
                        : "In no dead letter";
            case DELIVERED -> {
                Boolean state = memberships.get(entry.membership());
                if (state == null) {
                    yield "Not delivered";
                }
                yield workload.isLastWord(entry) && state != entry.member() ? "In an older state" : null;
            }
        };
    }

    /** Ends looking, after a last look. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("A look at the offsets takes too long.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        look();
    }
}
