package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** In whatever order events come, the newest counts, and of several of the same time the one that came last. */
@Tag("batch")
class FinalStatePropertyTest {

    private static RunningBundle bundle;
    private static int tries;

    /** That someone is in an audience or not, at some time. */
    private record Said(int audience, int user, long time, boolean member) {

        String event(String audiences) {
            String id = audiences + audience;
            return (member ? AudienceEvent.identify(id, "key", true) : AudienceEvent.track(id, "key", false))
                    .user("user-" + user)
                    .at(time)
                    .toString();
        }

        String key(String audiences) {
            return Memberships.key(audiences + audience, "user-" + user);
        }
    }

    @BeforeContainer
    static void start() {
        bundle = RunningBundle.start(
                "audiences.batch.max-wait-ms", "5",
                "audiences.batch.max-members", "3",
                "audiences.delivery.max-requests", "100000");
    }

    @AfterContainer
    static void stop() {
        bundle.close();
    }

    @Property(tries = 30, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void theNewestStateWinsAndOfSeveralTheLast(@ForAll("bodies") List<List<Said>> bodies) {
        String audiences = "try-" + tries++ + "-";
        Map<String, Said> newest = new HashMap<>();
        for (List<Said> body : bodies) {
            Object[] events = body.stream().map(said -> said.event(audiences)).toArray();
            assertThat(bundle.post(AudienceEvent.array(events)).count("delivered"))
                    .isEqualTo(body.size());
            for (Said said : body) {
                newest.merge(said.key(audiences), said, (old, next) -> next.time() >= old.time() ? next : old);
            }
        }
        Map<String, Boolean> expected = new TreeMap<>();
        newest.forEach((key, said) -> expected.put(key, said.member()));
        Map<String, Boolean> found = Memberships.of(bundle.sandbox());
        found.keySet().removeIf(key -> !key.startsWith(audiences));
        assertThat(found).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<List<Said>>> bodies() {
        Arbitrary<Said> said = Combinators.combine(
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.longs().between(0, 5),
                        Arbitraries.of(true, false))
                .as(Said::new);
        return said.list().ofMinSize(1).ofMaxSize(12).list().ofMinSize(1).ofMaxSize(4);
    }
}
