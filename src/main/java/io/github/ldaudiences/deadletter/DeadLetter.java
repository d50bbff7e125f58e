package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.event.RejectedEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A rejected event as it is written to the dead letter. It does not change if it has to be written again.
 *
 * @param id unique among the dead letters of all processes; it sorts by time
 * @param time when it was made
 * @param rejected the event and the reason
 */
public record DeadLetter(String id, Instant time, RejectedEvent rejected) {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");

    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * @param rejected the event and the reason
     * @param time now
     */
    DeadLetter(RejectedEvent rejected, Instant time) {
        this(timeOrderedId(time), time, rejected);
    }

    /**
     * @param id id of a dead letter, or any other text
     * @return when it was made, to the millisecond; null if the id has no time
     */
    static Instant timeOf(String id) {
        return ID.matcher(id).matches()
                ? Instant.ofEpochMilli(Long.parseLong(id.replace("-", "").substring(0, 12), 16))
                : null;
    }

    /** A UUID of version 7: 48 bits of time, then version and variant between random bits. */
    private static String timeOrderedId(Instant time) {
        long high = time.toEpochMilli() << 16 | 0x7000 | RANDOM.nextInt(0x1000);
        long low = RANDOM.nextLong() >>> 2 | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}
