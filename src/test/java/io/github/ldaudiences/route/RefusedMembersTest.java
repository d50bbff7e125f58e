package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Request;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members that LaunchDarkly refuses are found, and cost neither the others nor other audiences anything. */
@Tag("deadletter")
class RefusedMembersTest {

    /** A full batch. */
    private static final int MEMBERS = 1000;

    /** Enough to be asked about. */
    private static final int FEW = 100;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final Set<String> arrived = new ConcurrentSkipListSet<>();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 500, 777, 999})
    void oneBadMemberOfAThousandIsFoundWithFewRequests(int bad) {
        refuse(member -> member.equals("u" + bad), "a member is not valid");
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.post(members());
            assertThat(reply.count("delivered")).isEqualTo(MEMBERS - 1);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(bundle.deadLetters())
                    .extracting(line -> line.at("/event/userId").asText())
                    .containsExactly("u" + bad);
        }
        assertThat(arrived).hasSize(MEMBERS - 1).doesNotContain("u" + bad);
        // Twice log2(1000), the first request, and one member that was asked about alone.
        assertThat(launchDarkly.requests()).hasSizeLessThanOrEqualTo(2 * 10 + 2);
    }

    @Test
    void someBadMembersAreAllFoundAndTheOthersDelivered() {
        Set<String> bad = IntStream.range(0, MEMBERS)
                .filter(i -> i % 97 == 0)
                .mapToObj(i -> "u" + i)
                .collect(Collectors.toSet());
        refuse(bad::contains, "a member is not valid");
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.post(members());
            assertThat(reply.count("delivered")).isEqualTo(MEMBERS - bad.size());
            assertThat(deadLettered(bundle)).isEqualTo(new TreeSet<>(bad));
        }
        assertThat(arrived).hasSize(MEMBERS - bad.size()).doesNotContainAnyElementsOf(bad);
    }

    @Test
    void everyOtherMemberBadIsNotTakenForAllBad() {
        Predicate<String> odd = member -> Integer.parseInt(member.substring(1)) % 2 == 1;
        refuse(odd, "a member is not valid");
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.post(members(FEW));
            assertThat(reply.count("delivered")).isEqualTo(FEW / 2);
            assertThat(deadLettered(bundle)).hasSize(FEW / 2).allMatch(odd);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"context kind account conflicts with user", "member %s is of another kind"})
    void ifAllAreRefusedAlikeTheyAreDeadLetteredWithoutARequestEach(String reason) {
        refuse(member -> true, reason);
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.post(members());
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("rejected")).isEqualTo(MEMBERS);
            assertThat(deadLettered(bundle)).hasSize(MEMBERS);
            assertThat(bundle.deadLetters().get(MEMBERS - 1).path("reason").asText())
                    .startsWith(
                            "Refused like 8 others of its batch that were tried alone: LaunchDarkly answered 400: ");
        }
        assertThat(launchDarkly.requests()).hasSize(1 + 8);
    }

    @Test
    void otherAudiencesDoNotWaitMeanwhile() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            if (!request.body().contains("\"aud_1\"")) {
                return Answer.of(204);
            }
            if (request.members().size() == 1) {
                Latches.await(release);
            }
            return Answer.of(400);
        });
        try (RunningBundle bundle = start()) {
            CompletableFuture<Reply> bad = bundle.postAsync(members());
            await().until(() -> launchDarkly.requests().size() == 2);
            assertThat(bundle.post(AudienceEvent.identify("aud_2", "vip", true)
                                    .user("u1")
                                    .toString())
                            .status())
                    .isEqualTo(200);
            assertThat(bad).isNotDone();
            release.countDown();
            assertThat(bad.join().count("rejected")).isEqualTo(MEMBERS);
        }
    }

    @Test
    void aFailureInTheMiddleOfTheSearchIsTriedAgainAndTheSearchGoesOn() {
        Predicate<Request> bad = request -> request.members().contains("u500");
        launchDarkly.answer(request -> {
            if (launchDarkly.requests().size() % 3 == 0) {
                return Answer.of(503);
            }
            return Answer.of(bad.test(request) ? 422 : 204);
        });
        try (RunningBundle bundle = start("audiences.delivery.retry-delay-ms", "5")) {
            Reply reply = bundle.post(members());
            assertThat(reply.count("delivered")).isEqualTo(MEMBERS - 1);
            assertThat(deadLettered(bundle)).containsExactly("u500");
        }
    }

    private void refuse(Predicate<String> bad, String reason) {
        launchDarkly.answer(request -> {
            String first = request.members().stream().filter(bad).findFirst().orElse(null);
            if (first != null) {
                String body = "{\"code\":\"invalid_request\",\"message\":\"" + reason.formatted(first)
                        + "\",\"id\":\"id-" + launchDarkly.requests().size() + "\"}";
                return new Answer(400, body, "Content-Type", "application/json");
            }
            arrived.addAll(request.members());
            return Answer.of(204);
        });
    }

    private RunningBundle start(String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.inbound.http.reply-timeout-ms", "120000",
                // All in one batch, however slow the machine is.
                "audiences.batch.max-wait-ms", "2000"));
        all.addAll(List.of(properties));
        return RunningBundle.startAgainst(launchDarkly, all.toArray(String[]::new));
    }

    private static String members() {
        return members(MEMBERS);
    }

    private static String members(int count) {
        return array(IntStream.range(0, count).mapToObj(i -> entered("u" + i)).toArray());
    }

    private static Set<String> deadLettered(RunningBundle bundle) {
        return bundle.deadLetters().stream()
                .map((JsonNode line) -> line.at("/event/userId").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
