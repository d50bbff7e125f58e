package io.github.ldaudiences.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the newest state of a person is among the batches that wait, however many there are. */
@Tag("batch")
class LaneTest {

    private static final Audience VIP = new Audience("launchdarkly", "user", "aud_vip");
    private static final BatchLimits LIMITS = BatchLimits.of(3, 4_000_000);
    private static final int PEOPLE = 12;

    private final AudienceLanes lanes = new AudienceLanes(LIMITS);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Receipt receipt = receipt();
    private long time;

    @Test
    void ofManyBatchesWithAPersonTheLastCounts() {
        Batch batch = null;
        for (int i = 0; i < 100; i++) {
            batch = batch("u" + i % 10, false, receipt);
        }

        Lane lane = batch.place().lane();
        for (int i = 0; i < 10; i++) {
            assertThat(lane.newest("u" + i).newest().eventTime()).isEqualTo(91 + i);
        }
        assertThat(lane.newest("u10")).isNull();
    }

    @Test
    void whatIsAddedAfterwardsIsFoundToo() {
        for (int i = 0; i < 100; i++) {
            batch("u1", false, receipt);
        }
        Batch last = batch("u2", true, receipt);
        Lane lane = last.place().lane();
        assertThat(lane.newest("u3")).isNull();

        fill(last, "u3", true, receipt);
        batch("u1", false, receipt);

        assertThat(lane.newest("u3").newest().eventTime()).isEqualTo(102);
        assertThat(lane.newest("u1").newest().eventTime()).isEqualTo(103);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverBecomesOfBatchesTheNewestIsFound(long seed) {
        Random random = new Random(seed);
        ArrayDeque<Batch> waiting = new ArrayDeque<>();
        for (int step = 0; step < 3_000; step++) {
            int what = random.nextInt(10);
            if (what < (step / 300 % 2 == 0 ? 7 : 3)) {
                Receipt awaited = random.nextInt(4) == 0 ? receipt() : receipt;
                waiting.add(batch("u" + random.nextInt(PEOPLE), random.nextBoolean(), awaited));
                if (awaited != receipt) {
                    awaited.abandon("its source has gone");
                }
            } else if (!waiting.isEmpty()) {
                Batch head = waiting.remove();
                Exchange exchange = new DefaultExchange(context);
                exchange.getMessage().setBody(head);
                lanes.process(exchange, doneSync -> {});
                if (head.size() > 0) {
                    lanes.takeAlong(head);
                }
                assertTheNewestIsFound(head.place().lane(), "seed " + seed + ", step " + step);
                head.end(origin -> {});
                exchange.getExchangeExtension().handoverCompletions().forEach(done -> done.onComplete(exchange));
            }
            if (!waiting.isEmpty()) {
                assertTheNewestIsFound(waiting.peek().place().lane(), "seed " + seed + ", step " + step);
            }
        }
    }

    private static void assertTheNewestIsFound(Lane lane, String when) {
        for (int i = 0; i < PEOPLE; i++) {
            Member newest = null;
            for (AudienceLanes.Place place : lane) {
                Member member = place.batch().member("u" + i);
                newest = member == null ? newest : member;
            }
            assertThat(lane.newest("u" + i)).as(when).isSameAs(newest);
        }
    }

    private Batch batch(String person, boolean batching, Receipt awaited) {
        Batch batch = lanes.open(VIP);
        fill(batch, person, batching, awaited);
        return batch;
    }

    private void fill(Batch batch, String person, boolean batching, Receipt awaited) {
        EventOrigin origin = BatchByAudienceTest.origin(awaited);
        MembershipChange change =
                new MembershipChange(VIP, "vip", person, true, ++time, batching, "sync", origin, null);
        lanes.fill(batch, new ArrayDeque<>(List.of(change)), known -> known, LIMITS);
    }

    private static Receipt receipt() {
        return new Receipt(new Backlog(1_000_000, 1_000_000), Duration.ofMinutes(10));
    }
}
