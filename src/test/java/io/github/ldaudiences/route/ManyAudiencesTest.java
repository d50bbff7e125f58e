package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More audiences at a time than Camel's own timers take tasks, which is 1,000. */
@Tag("delivery")
class ManyAudiencesTest {

    private static final int AUDIENCES = 1_200;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void theBatchesOfAllMayStayOpenForTheirMinimumWait() {
        try (RunningBundle bundle =
                start("audiences.batch.min-wait-ms", "900", "audiences.batch.max-wait-ms", "2000")) {
            Reply reply = bundle.post(eventsOfAll());

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("delivered")).isEqualTo(AUDIENCES);
        }
    }

    @Test
    void theBatchesOfAllMayWaitForTheirNextAttempt() {
        Set<String> tried = ConcurrentHashMap.newKeySet();
        launchDarkly.answer(request -> Answer.of(tried.add(request.body()) ? 503 : 204));
        try (RunningBundle bundle = start("audiences.delivery.retry-delay-ms", "3000")) {
            Reply reply = bundle.post(eventsOfAll());

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("delivered")).isEqualTo(AUDIENCES);
        }
    }

    private RunningBundle start(String... keysAndValues) {
        return RunningBundle.startAgainst(
                launchDarkly,
                Stream.concat(
                                Stream.of(
                                        "audiences.inbound.http.reply-timeout-ms",
                                        "60000",
                                        "audiences.delivery.max-requests",
                                        "1000000"),
                                Stream.of(keysAndValues))
                        .toArray(String[]::new));
    }

    private static String eventsOfAll() {
        return AudienceEvent.array(IntStream.range(0, AUDIENCES)
                .mapToObj(i -> AudienceEvent.identify("aud_" + i, "vip", true)
                        .user("u1")
                        .toString())
                .toArray());
    }
}
