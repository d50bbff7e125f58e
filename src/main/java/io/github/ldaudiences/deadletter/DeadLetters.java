package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.UndeliveredException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns rejected events into what the dead letter endpoint takes, and settles them when it has taken them. */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final boolean together;

    /** @param together true for one message that holds all lines, as a file wants it; false for a message each */
    public DeadLetters(boolean together) {
        this.together = together;
    }

    /**
     * @param rejected events that were rejected at about the same time
     * @return the messages for the endpoint: lines of JSON
     * @throws JsonProcessingException never: everything in them can be written
     */
    public List<String> messages(@Body List<RejectedEvent> rejected) throws JsonProcessingException {
        Instant now = Instant.now();
        List<String> lines = new ArrayList<>(rejected.size());
        for (RejectedEvent event : rejected) {
            lines.add(DeadLetterLine.of(event, now));
        }
        return together ? List.of(String.join("\n", lines) + "\n") : lines;
    }

    /** @param rejected events that the dead letter has */
    public void written(@Body List<RejectedEvent> rejected) {
        LOG.info(
                "Dead letter took {} event(s), the first because: {}",
                rejected.size(),
                rejected.get(0).reason());
        rejected.forEach(RejectedEvent::settle);
    }

    /**
     * @param rejected events that the dead letter could not take
     * @param cause why
     */
    public void notWritten(
            @Body List<RejectedEvent> rejected, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception cause) {
        LOG.error(
                "Dead letter could not be written, {} event(s) stay with their source: {}",
                rejected.size(),
                cause.toString());
        UndeliveredException undelivered = new UndeliveredException("the dead letter could not be written");
        rejected.forEach(event -> event.origin().failed(undelivered));
    }
}
