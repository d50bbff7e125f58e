package io.github.ldaudiences.soak;

import io.github.ldaudiences.fixture.AcknowledgementWatch;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.DeadLetterFiles;
import io.github.ldaudiences.fixture.HangingProxy;
import io.github.ldaudiences.fixture.HttpCallers;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MembershipWorkload;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.Place;
import io.github.ldaudiences.fixture.SettlementWatch;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Lets processes of the packaged bundle work for a while under everything that can go wrong, then compares what
 * LaunchDarkly and the dead letters have with what they must have: {@code mvn package exec:exec@soak -DskipTests}; see
 * {@code docs/soak.md}.
 */
public final class Soak implements AutoCloseable {

    private static final String TOPIC = "soak";
    private static final int PARTITIONS = 12;
    private static final int RECORDS_A_SECOND = 400;
    private static final int AUDIENCES = 12;
    private static final int PEOPLE = 1_500;
    private static final int CALLERS = 8;
    private static final int PEOPLE_OF_CALLER = 150;
    private static final Duration REPORT_EVERY = Duration.ofSeconds(30);

    /** Longer than what is left can take when nothing goes wrong any more. */
    private static final Duration SETTLE = Duration.ofMinutes(5);

    /** Differences that are shown. */
    private static final int ENOUGH = 20;

    /** People whom LaunchDarkly refuses, each with a status of its own. */
    private static final Map<String, Integer> REFUSED =
            new TreeMap<>(Map.of("refused-400", 400, "refused-413", 413, "refused-422", 422));

    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            // A member of the group that was killed is missed soon.
            Map.entry("audiences.inbound.kafka.session-timeout-ms", "8000"),
            Map.entry("audiences.inbound.kafka.delivery-timeout-ms", "6000"),
            Map.entry("audiences.inbound.kafka.retry-delay-ms", "100"),
            Map.entry("audiences.inbound.kafka.max-retry-delay-ms", "1000"),
            // Many small steps, so that there is always something half done.
            Map.entry("audiences.inbound.kafka.max-poll-records", "500"),
            Map.entry("audiences.batch.max-members", "100"),
            Map.entry("audiences.batch.max-wait-ms", "200"),
            Map.entry("audiences.delivery.max-requests", "100000"),
            Map.entry("audiences.delivery.response-timeout-ms", "1000"),
            Map.entry("audiences.delivery.retry-delay-ms", "50"),
            Map.entry("audiences.delivery.max-retry-delay-ms", "1000"),
            Map.entry("audiences.delivery.probe-interval-ms", "1000"));

    private final long startNanos = System.nanoTime();
    private final Duration duration;
    private final Random random;
    private final Tally tally = new Tally();
    private final CountDownLatch end = new CountDownLatch(1);
    private final KafkaBroker broker;
    private final Sandbox sandbox;
    private final HangingProxy launchDarkly;
    private final MembershipWorkload workload;
    private final List<BundleProcess> readers;
    private final BundleProcess server;
    private final HttpCallers callers;
    private final SettlementWatch settlements;
    private final AcknowledgementWatch acknowledgements;
    private long produced;

    private Soak(Duration duration, long seed) throws IOException {
        this.duration = duration;
        random = new Random(seed);
        broker = KafkaBroker.start();
        broker.createTopic(TOPIC, PARTITIONS);
        sandbox = new Sandbox(0, "token", Set.of("environment"));
        // Before all others, for the first one that fits is the one that comes.
        REFUSED.forEach((person, status) -> sandbox.add(Fault.status(status, 0).forMember(person)));
        launchDarkly = new HangingProxy(sandbox.url());
        List<String> refused = List.copyOf(REFUSED.keySet());
        int records = Math.toIntExact(duration.toSeconds() * RECORDS_A_SECOND);
        workload = new MembershipWorkload(TOPIC, PARTITIONS, records, AUDIENCES, PEOPLE, refused, random.nextLong());
        readers = List.of(process("reader-1", "kafka"), process("reader-2", "kafka"));
        server = process("server", "http");
        callers = new HttpCallers(
                server.httpPort(),
                new HttpCallers.Shape(CALLERS, PEOPLE_OF_CALLER, AUDIENCES, 60, 0, refused),
                random.nextLong());
        settlements = new SettlementWatch(broker, TOPIC, sandbox, workload);
        readers.forEach(reader -> settlements.addDeadLetters(reader.deadLetters()));
        acknowledgements = new AcknowledgementWatch(callers, sandbox, server.deadLetters());
    }

    private BundleProcess process(String name, String inbound) {
        return BundleProcess.in("soak-" + name)
                .jvm("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
                .properties(PROPERTIES)
                .launchDarkly(launchDarkly.url(), "token", "environment")
                .environment("AUDIENCES_INBOUND", inbound)
                .environment("KAFKA_BROKERS", broker.bootstrapServers())
                .environment("KAFKA_TOPIC", TOPIC)
                .environment("KAFKA_GROUP", TOPIC);
    }

    /**
     * @param args minutes, and the seed or nothing for any
     * @throws Exception if the scene cannot be set
     */
    public static void main(String[] args) throws Exception {
        Duration duration = Duration.ofSeconds(Math.round(Double.parseDouble(args[0]) * 60));
        long seed = args.length > 1 && !args[1].isBlank() ? Long.parseLong(args[1]) : System.nanoTime();
        String again = String.format(Locale.ROOT, "-Dsoak.minutes=%s -Dsoak.seed=%d", args[0], seed);
        System.out.println("Soak with " + again);
        List<String> differences;
        try (Soak soak = new Soak(duration, seed)) {
            soak.work();
            differences = soak.settle();
        }
        System.out.println("Differences: " + differences.size());
        differences.stream().limit(ENOUGH).forEach(difference -> System.out.println("  " + difference));
        if (!differences.isEmpty()) {
            System.out.println("Again with " + again);
        }
        System.exit(differences.isEmpty() ? 0 : 1);
    }

    /** Everything at once, for as long as was asked for. */
    private void work() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (BundleProcess reader : readers) {
            threads.add(new Thread(new Life(reader, new Random(random.nextLong()), tally, end)));
        }
        threads.add(new Thread(new Life(server, new Random(random.nextLong()), tally, end)));
        threads.add(new Thread(new Weather(sandbox, launchDarkly, new Random(random.nextLong()), tally, end)));
        threads.forEach(Thread::start);
        callers.start();
        long reported = startNanos;
        while (elapsed().compareTo(duration) < 0) {
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_000));
            produceUntil(elapsed().toMillis() * RECORDS_A_SECOND / 1000);
            if (System.nanoTime() - reported >= REPORT_EVERY.toNanos()) {
                reported = System.nanoTime();
                report();
            }
        }
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        produceUntil(workload.size());
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void produceUntil(long records) {
        int more = (int) (Math.min(records, workload.size()) - produced);
        if (more > 0) {
            workload.produce(broker, more);
            produced += more;
        }
    }

    /** Lets everything come to its end, and tells what is not as it must be. */
    private List<String> settle() throws InterruptedException {
        System.out.println("Settling");
        List<String> differences = new ArrayList<>();
        Thread last = new Thread(callers::finish);
        last.start();
        if (!comesTrue(() -> !last.isAlive())) {
            differences.add("Not answered: " + callers.underWay());
        }
        if (!comesTrue(() -> committed().equals(workload.endOffsets()))) {
            differences.add("Committed: " + committed() + " of " + workload.endOffsets());
        }
        settlements.close();
        acknowledgements.close();
        report();
        differences.addAll(tally.surprises());
        differences.addAll(settlements.violations());
        differences.addAll(acknowledgements.violations());
        differences.addAll(callers.wrongAnswers());
        compareMemberships(differences);
        compareDeadLetters(differences);
        return differences;
    }

    private static boolean comesTrue(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + SETTLE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return true;
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        broker.committed(TOPIC).forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    private void compareMemberships(List<String> differences) {
        Map<String, Boolean> expected = new TreeMap<>(workload.memberships());
        expected.putAll(callers.memberships());
        Map<String, Boolean> found = Memberships.of(sandbox);
        Set<String> all = new TreeSet<>(expected.keySet());
        all.addAll(found.keySet());
        for (String membership : all) {
            if (expected.get(membership) != found.get(membership)) {
                differences.add("Membership " + membership + ": expected " + expected.get(membership) + ", found "
                        + found.get(membership));
            }
        }
    }

    private void compareDeadLetters(List<String> differences) {
        List<Path> folders = new ArrayList<>(List.of(server.deadLetters()));
        readers.forEach(reader -> folders.add(reader.deadLetters()));
        DeadLetterFiles files = new DeadLetterFiles();
        Set<Place> found = files.places(folders);
        Set<Place> expected = new TreeSet<>(workload.deadLetters());
        expected.addAll(callers.deadLetters());
        Set<Place> all = new TreeSet<>(expected);
        all.addAll(found);
        for (Place place : all) {
            if (!found.contains(place)) {
                differences.add("In no dead letter: " + place);
            } else if (!expected.contains(place)) {
                differences.add("In a dead letter: " + place);
            }
        }
        if (files.torn().size() > tally.count(Life.KILLS)) {
            differences.add("More torn dead letters than kills: " + files.torn());
        }
        System.out.println("Dead letters: " + found.size() + ", torn lines: "
                + files.torn().size());
    }

    private void report() {
        System.out.println(String.format(
                Locale.ROOT,
                "%d s: %,d records sent, %,d committed; %,d events acknowledged by HTTP; sandbox %s; done to it %s;"
                        + " wrong so far %d",
                elapsed().toSeconds(),
                produced,
                committed().values().stream().mapToLong(Long::longValue).sum(),
                callers.events(),
                sandbox.stats(),
                tally,
                settlements.violations().size()
                        + acknowledgements.violations().size()
                        + callers.wrongAnswers().size()
                        + tally.surprises().size()));
    }

    @Override
    public void close() throws IOException {
        callers.close();
        readers.forEach(BundleProcess::close);
        server.close();
        settlements.close();
        acknowledgements.close();
        launchDarkly.close();
        sandbox.close();
        broker.close();
    }
}
