package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A line for each batch, and who is in no line above debug. */
@Tag("observe")
class BatchLogTest {

    private static final String PERSON = "ada.lindqvist@example.com";

    @Test
    void eachBatchIsALineWithoutThePeopleInIt() {
        try (LogWatch log = new LogWatch();
                LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly,
                        "audiences.delivery.log-batches",
                        "true",
                        "audiences.mapping.sync-engage-audience.context-key",
                        "user_id_then_email")) {
            String quoted = "{\"message\":\"" + PERSON + " is no member\",\"id\":\"support-1\"}";
            launchDarkly.answer(request -> Answer.of(204));
            bundle.post(AudienceEvent.entered(PERSON).toString());
            launchDarkly.answer(request -> new Answer(207, quoted, Map.of()));
            bundle.post(
                    AudienceEvent.identify("aud_2", "vip", true).user(PERSON).toString());
            launchDarkly.answer(request -> new Answer(400, quoted, Map.of()));
            bundle.post(
                    AudienceEvent.identify("aud_3", "vip", true).user(PERSON).toString());
            bundle.post(AudienceEvent.identify("aud_4", PERSON, true)
                    .user(PERSON)
                    .toString()
                    .replace(":true", ":\"" + PERSON + "\""));

            await().untilAsserted(() -> assertThat(bundle.deadLetters()).hasSize(2));
            List<String> lines =
                    log.lines().stream().map(LogWatch.Line::toString).toList();
            assertThat(lines)
                    .anyMatch(line -> line.matches(
                            "Batch of 1 members of launchdarkly/user/aud_1 delivered: status 204, attempt 1, \\d+ ms"))
                    .anyMatch(line -> line.contains("aud_2 delivered: status 207, attempt 1"))
                    .anyMatch(line -> line.contains("aud_3 rejected: status 400, attempt 1"))
                    .anyMatch(line -> line.contains("LaunchDarkly answered 400 (id support-1)."))
                    .anyMatch(line -> line.startsWith("LaunchDarkly answered 207"))
                    .anyMatch(line ->
                            line.equals("Dead letters written: 1 event(s), the first because of launchdarkly_refused."))
                    .anyMatch(line -> line.contains("because of membership_not_boolean."))
                    .noneMatch(line -> line.contains("ada.lindqvist"));
        }
    }
}
