package io.github.ldaudiences.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which of two states is the newest, how far back that is known, and what that means for what is replayed. */
@Tag("batch")
class NewestStatesTest {

    private static final Audience VIP = new Audience("launchdarkly", "user", "aud_1");

    /** Up to when an earlier process may have sent something. */
    private static final long BEFORE = 1_000;

    private final NewestStates states = new NewestStates(3, BEFORE, EarlierStates.NONE);
    private final Receipt receipt = new Receipt(new Backlog(1_000, 1_000), Duration.ofMinutes(1));

    @Test
    void aNewerStateIsRememberedAndAnOlderOneIsReplacedByIt() {
        states.newest(change("u1", true, 2_000));
        MembershipChange late = change("u1", false, 1_500);

        MembershipChange sent = states.newest(late);

        assertThat(sent.member()).isTrue();
        assertThat(sent.eventTime()).isEqualTo(2_000);
        assertThat(sent.origin()).as("which is settled with it").isSameAs(late.origin());
        assertThat(states.late()).isEqualTo(1);
        assertThat(states.newest(change("u1", false, 2_001)).member()).isFalse();
        assertThat(states.late()).isEqualTo(1);
    }

    @Test
    void amongStatesOfOneTimeTheLastToArriveCounts() {
        states.newest(change("u1", true, 2_000));

        assertThat(states.newest(change("u1", false, 2_000)).member()).isFalse();
        assertThat(states.newest(change("u1", true, 1_999)).member()).isFalse();
    }

    @Test
    void oneIdInTwoDestinationsContextKindsOrAudiencesIsSeveralStates() {
        for (Audience other : new Audience[] {
            new Audience("eu", "user", "aud_1"),
            new Audience("launchdarkly", "device", "aud_1"),
            new Audience("launchdarkly", "user", "aud_2")
        }) {
            NewestStates each = new NewestStates(3, BEFORE, EarlierStates.NONE);
            each.newest(change("u1", true, 2_000));
            assertThat(each.newest(change(other, "u1", false, 1_500, AudienceEvent.SOURCE))
                            .member())
                    .isFalse();
        }
    }

    @Test
    void whatHasNotChangedForTheLongestTimeIsForgottenFirst() {
        states.newest(change("u1", true, 2_000));
        states.newest(change("u2", true, 2_000));
        states.newest(change("u3", true, 2_000));
        states.newest(change("u1", true, 2_001));
        states.newest(change("u2", false, 1_500)); // late: no change
        states.newest(change("u4", true, 2_000)); // u2 is forgotten

        assertThat(states.newest(change("u1", false, 1_500)).member()).isTrue();
        assertThat(states.newest(change("u3", false, 1_500)).member()).isTrue();
        assertThat(states.newest(change("u2", false, 1_500)).member())
                .as("arrival counts")
                .isFalse();
    }

    @Test
    void withNothingRememberedTheOrderOfArrivalCounts() {
        NewestStates nothing = new NewestStates(0, BEFORE, EarlierStates.NONE);
        nothing.newest(change("u1", true, 2_000));

        assertThat(nothing.newest(change("u1", false, 1_500)).member()).isFalse();
        assertThat(nothing.late()).isZero();
    }

    @Test
    void aReplayedEventThatIsNewerThanWhatIsRememberedIsSent() {
        states.newest(change("u1", true, 500));
        MembershipChange replayed = replayed("u1", false, 600, false);

        assertThat(states.replayProblem(replayed)).isNull();
        assertThat(states.newest(replayed)).isSameAs(replayed);
    }

    @Test
    void aReplayedEventThatIsOlderThanWhatIsRememberedSendsThatAgain() {
        states.newest(change("u1", true, 700));
        MembershipChange replayed = replayed("u1", false, 600, false);

        assertThat(states.replayProblem(replayed)).isNull();
        assertThat(states.newest(replayed).member()).isTrue();
        assertThat(states.newest(replayed("u1", false, 600, true)).member())
                .as("even if it is forced")
                .isTrue();
    }

    @Test
    void theSameStateCanBeReplayedTwice() {
        MembershipChange replayed = replayed("u1", false, 1_001, false);
        assertThat(states.newest(replayed)).isSameAs(replayed);

        MembershipChange again = replayed("u1", false, 1_001, false);

        assertThat(states.replayProblem(again)).isNull();
        assertThat(states.newest(again).member()).isFalse();
    }

    @Test
    void aReplayedEventOfBeforeTheStartIsNotSentUnlessItsStateIsKnownOrItIsForced() {
        MembershipChange replayed = replayed("u1", false, BEFORE, false);

        assertThat(states.replayProblem(replayed).reason())
                .contains("1970-01-01T00:00:01Z", "u1", "may have been delivered since", "?force=true");
        assertThat(states.newest(replayed)).isNull();

        MembershipChange newer = replayed("u1", false, BEFORE + 1, false);
        assertThat(states.replayProblem(newer)).isNull();

        MembershipChange forced = replayed("u1", false, BEFORE, true);
        assertThat(states.replayProblem(forced)).isNull();
        assertThat(states.newest(forced)).isSameAs(forced);
        assertThat(states.replayProblem(replayed)).as("now it is known").isNull();
    }

    @Test
    void aReplayedEventIsNotSentIfANewerStateMayHaveBeenForgotten() {
        states.newest(change("u1", true, 5_000));
        states.newest(change("u2", true, 2_000));
        states.newest(change("u3", true, 2_000));
        assertThat(states.replayProblem(replayed("u9", false, 4_000, false)))
                .as("nothing is forgotten yet")
                .isNull();
        states.newest(change("u4", true, 2_000)); // u1 is forgotten
        states.newest(change("u5", true, 2_000)); // and u2, of an earlier time

        assertThat(states.replayProblem(replayed("u1", false, 4_000, false))).isNotNull();
        assertThat(states.newest(replayed("u1", false, 4_000, false))).isNull();
        assertThat(states.replayProblem(replayed("u1", false, 5_000, false))).isNotNull();
        assertThat(states.replayProblem(replayed("u1", false, 5_001, false))).isNull();
    }

    @Test
    void whatIsNotReplayedIsNeverHeldBack() {
        MembershipChange old = change("u1", true, BEFORE - 1);

        assertThat(states.replayProblem(old)).isNull();
        assertThat(states.newest(old)).isSameAs(old);
    }

    private MembershipChange change(String person, boolean member, long time) {
        return change(VIP, person, member, time, AudienceEvent.SOURCE);
    }

    private MembershipChange replayed(String person, boolean member, long time, boolean forced) {
        return change(VIP, person, member, time, new Replay(0, "sync", forced, null, Map.of()));
    }

    private MembershipChange change(Audience audience, String person, boolean member, long time, EventSource source) {
        EventOrigin origin = new EventReader(new EventLimits(1, 100, 10))
                .readReplayed(new EventBody("{}".getBytes(StandardCharsets.UTF_8), source), 0, receipt)
                .events()
                .get(0)
                .origin();
        return new MembershipChange(audience, "vip", person, member, time, true, "sync", origin, null);
    }
}
