package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.JmsBroker;
import io.github.ldaudiences.fixture.JmsBroker.MessageMaker;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.Recipe;
import io.github.ldaudiences.fixture.RunningBundle;
import jakarta.jms.BytesMessage;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The documented way to read a queue, with a real broker: when a message leaves it, and when it must not. */
@Tag("endpoint")
class JmsRecipeTest {

    private static final String HEADING = "A queue, over JMS";
    private static final String QUEUE = "segment-events";
    private static final String BROKERS_DEAD_LETTERS = "DLQ.segment-events";

    private JmsBroker broker;
    private LaunchDarklyStub launchDarkly;

    @BeforeAll
    static void allowForABusyMachine() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @BeforeEach
    void start() {
        broker = JmsBroker.start(Recipe.block(HEADING, "xml"));
        launchDarkly = new LaunchDarklyStub();
    }

    @AfterEach
    void stop() {
        launchDarkly.close();
        broker.close();
    }

    @Test
    void whileLaunchDarklyDoesNotTakeThemMessagesStayWithTheBroker() {
        launchDarkly.answer(503);
        broker.send(QUEUE, entered("u1"), array(entered("u2"), entered("u3")));
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe().properties())) {
            await().until(() -> launchDarkly.requests().size() > 2);
            assertThat(broker.messages(QUEUE)).isEqualTo(2);

            launchDarkly.answer(204);
            await().until(() -> broker.messages(QUEUE) == 0);
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2", "u3");
            assertThat(bundle.failedEvents()).isZero();
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void aMessageThatWasNotDeliveredInTimeComesAgainAsOftenAsItTakes() {
        broker.redeliverAfter(QUEUE, 10);
        launchDarkly.answer(503);
        broker.send(QUEUE, entered("u1"));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                recipe().also("audiences.inbound.message-timeout-ms", "150")
                        .also("audiences.delivery.retry-delay-ms", "20")
                        .properties())) {
            // More often than the broker does it by default.
            await().until(() -> bundle.failedEvents() > 10);
            assertThat(broker.messages(QUEUE)).isEqualTo(1);

            launchDarkly.answer(204);
            await().until(() -> broker.messages(QUEUE) == 0);
            assertThat(launchDarkly.taken()).containsExactly("u1");
            assertThat(broker.messages(BROKERS_DEAD_LETTERS)).isZero();
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void whatIsNoEventGoesToTheDeadLetterAndItsNeighboursArrive() {
        broker.send(QUEUE, entered("u1"), "junk", "", array(entered("u2"), 17));
        broker.send(QUEUE, (MessageMaker) session -> session.createMessage());
        broker.send(QUEUE, (MessageMaker) session -> {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(entered("ü3").toString().getBytes(StandardCharsets.UTF_8));
            return message;
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe().properties())) {
            await().until(() -> broker.messages(QUEUE) == 0);
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2", "ü3");
            assertThat(bundle.deadLetters()).hasSize(4).allSatisfy(letter -> {
                assertThat(letter.at("/source/endpoint").asText()).isEqualTo("jms:queue:" + QUEUE);
                assertThat(letter.at("/source/message").asText()).startsWith("ID:");
                assertThat(letter.path("reason").asText()).isNotBlank();
            });
            assertThat(bundle.failedEvents()).isZero();
        }
    }

    @Test
    void aMessageThatIsNeitherTextNorBytesEndsInTheBrokersDeadLettersAndHoldsNothingUp() {
        broker.redeliverAfter(QUEUE, 10);
        broker.deliverAtMost(QUEUE, 3);
        broker.send(QUEUE, (MessageMaker) session -> {
            var message = session.createMapMessage();
            message.setString("type", "identify");
            return message;
        });
        broker.send(QUEUE, (MessageMaker) session -> session.createObjectMessage(new ArrayList<String>()));
        broker.send(QUEUE, entered("u1"));
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe().properties())) {
            await().until(() -> broker.messages(BROKERS_DEAD_LETTERS) == 2 && broker.messages(QUEUE) == 0);
            assertThat(launchDarkly.taken()).containsExactly("u1");
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void headersOfAMessageSteerNothingAndItGetsNoReply() {
        broker.send(QUEUE, (MessageMaker) session -> {
            TextMessage message = session.createTextMessage(entered("u1").toString());
            message.setJMSReplyTo(session.createQueue("elsewhere"));
            message.setStringProperty("CamelHttpUri", "http://127.0.0.1:1/");
            message.setStringProperty("CamelJmsDestinationName", "elsewhere");
            return message;
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe().properties())) {
            await().until(() -> broker.messages(QUEUE) == 0);
            assertThat(launchDarkly.taken()).containsExactly("u1");
            assertThat(broker.messages("elsewhere")).isZero();
            assertThat(bundle.failedEvents()).isZero();
        }
    }

    @Test
    void aStopDeliversWhatItHasReceivedAndOnlyThenLeavesTheBroker() {
        launchDarkly.answer(503);
        broker.send(QUEUE, entered("u1"));
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe().properties())) {
            await().until(() -> !launchDarkly.requests().isEmpty());
            launchDarkly.answer(204);
            bundle.stop();
        }
        assertThat(launchDarkly.taken()).containsExactly("u1");
        assertThat(broker.messages(QUEUE)).isZero();
    }

    @Test
    void itGoesOnWhenTheBrokerIsBack() {
        broker.stop();
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                recipe().also("camel.component.jms.recoveryInterval", "100").properties())) {
            broker.restart();
            broker.send(QUEUE, entered("u1"));
            await().until(() -> launchDarkly.taken().contains("u1"));
            broker.restart();
            broker.send(QUEUE, entered("u2"));
            await().until(() -> launchDarkly.taken().contains("u2") && broker.messages(QUEUE) == 0);
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    private Recipe recipe() {
        return Recipe.under(HEADING)
                .here("camel.beans.broker.brokerURL", "tcp://broker:61616", broker.url())
                .here("camel.beans.broker.user", JmsBroker.USER)
                .here("camel.beans.broker.password", JmsBroker.PASSWORD);
    }
}
