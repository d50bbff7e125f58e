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

/**
 * Turns rejected events into messages for the dead letter endpoint, and settles them when the endpoint has accepted
 * them.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final boolean together;
    private final PersonalData personalData;
    private volatile String problem;

    /**
     * @param together true for one message with all lines, for files; false for one message each
     * @param personalData what lines and logs conceal of events
     */
    public DeadLetters(boolean together, PersonalData personalData) {
        this.together = together;
        this.personalData = personalData;
    }

    /**
     * @param rejected the rejected events of a receipt
     * @return the same events in parts, each small enough for one write
     */
    public List<List<RejectedEvent>> parts(@Body List<RejectedEvent> rejected) {
        List<List<RejectedEvent>> parts = new ArrayList<>();
        for (int from = 0; from < rejected.size(); from += RejectedTogether.ENOUGH) {
            parts.add(rejected.subList(from, Math.min(from + RejectedTogether.ENOUGH, rejected.size())));
        }
        return parts;
    }

    /**
     * Creates letters for rejected events, except for those that their sources will send again: their deadline has
     * passed, or another rejected event of their receipt could not be written.
     *
     * @param rejected events that were rejected at about the same time
     * @return the letters to be written, the same on every retry
     */
    public List<DeadLetter> letters(@Body List<RejectedEvent> rejected) {
        Instant now = Instant.now();
        List<DeadLetter> letters = new ArrayList<>(rejected.size());
        for (RejectedEvent event : rejected) {
            if (event.origin().canSettle()) {
                letters.add(new DeadLetter(event, now));
            } else {
                event.origin().failed(new UndeliveredException("its source no longer waits for the dead letter"));
            }
        }
        return letters;
    }

    /**
     * @param letters the result of {@link #letters}
     * @return the messages for the endpoint: lines of JSON
     * @throws JsonProcessingException never, because all values can be written
     */
    public List<String> messages(@Body List<DeadLetter> letters) throws JsonProcessingException {
        List<String> lines = new ArrayList<>(letters.size());
        for (DeadLetter letter : letters) {
            lines.add(DeadLetterLine.of(letter, personalData));
        }
        return together ? List.of(String.join("\n", lines) + "\n") : lines;
    }

    /** @param letters the letters that were written */
    public void written(@Body List<DeadLetter> letters) {
        problem = null;
        LOG.info(
                "Dead letters written: {} event(s), the first because of {}.",
                letters.size(),
                letters.get(0).rejected().problem().code());
        letters.forEach(letter -> letter.rejected().settle());
    }

    /**
     * @param letters the letters that could not be written
     * @param caught why
     */
    public void notWritten(
            @Body List<DeadLetter> letters, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception caught) {
        Throwable cause = caught;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean full = cause instanceof DeadLetterFullException;
        String why = full ? cause.getMessage() : cause.toString();
        LOG.error("The dead letter could not be written; {} event(s) stay with their source: {}", letters.size(), why);
        // The check for room reports a full folder, independently of these letters.
        problem = full
                ? null
                : "Dead letters cannot be written: " + why
                        + ". Fix audiences.dead-letter.uri or the endpoint behind it. Until"
                        + " then, sources keep their events. The next dead letter that is written ends this"
                        + " problem.";
        UndeliveredException undelivered = new UndeliveredException("the dead letter could not be written");
        letters.forEach(letter -> letter.rejected().origin().failed(undelivered));
    }

    /**
     * @return why the last ones could not be written and what to do; null if they were written, or there was no room
     */
    public String problem() {
        return problem;
    }
}
