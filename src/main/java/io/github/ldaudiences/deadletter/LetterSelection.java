package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.mapping.Mapping;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Selects dead letters. Criteria that are null are ignored.
 *
 * @param ids ids of the letters
 * @param mapping the mapping that rejected the event
 * @param code the code of the problem
 * @param text a text anywhere in the letter, ignoring case
 * @param messageId Segment's id of the event
 * @param from the earliest time
 * @param to the latest time
 * @param audience Segment's id or key of the audience, as the mapping finds it in the event
 */
public record LetterSelection(
        Set<String> ids,
        String mapping,
        String code,
        String text,
        String messageId,
        Instant from,
        Instant to,
        String audience) {

    private static final int DAY_LENGTH = "2026-06-01".length();

    /**
     * @param id id of a letter
     * @return a selection of that letter
     */
    public static LetterSelection ofId(String id) {
        return ofIds(Set.of(id));
    }

    /**
     * @param ids ids of letters
     * @return a selection of those letters
     */
    public static LetterSelection ofIds(Set<String> ids) {
        List<Instant> times = ids.stream().map(DeadLetter::timeOf).toList();
        boolean known = times.stream().allMatch(Objects::nonNull);
        // An id contains the time to the millisecond.
        return new LetterSelection(
                ids,
                null,
                null,
                null,
                null,
                known ? Collections.min(times).minusMillis(1) : null,
                known ? Collections.max(times).plusMillis(1) : null,
                null);
    }

    /**
     * @param text a time such as {@code 2026-06-01T12:00:00Z}, a day (which means its beginning in UTC), or null
     * @return the time, or null
     * @throws IllegalArgumentException if it is neither
     */
    public static Instant from(String text) {
        return time(text, LocalDate::atStartOfDay);
    }

    /**
     * @param text a time such as {@code 2026-06-01T12:00:00Z}, a day (which means its end in UTC), or null
     * @return the time, or null
     * @throws IllegalArgumentException if it is neither
     */
    public static Instant to(String text) {
        return time(text, day -> day.atTime(LocalTime.MAX));
    }

    private static Instant time(String text, Function<LocalDate, LocalDateTime> ofDay) {
        if (text == null) {
            return null;
        }
        try {
            OffsetDateTime time = text.length() == DAY_LENGTH
                    ? ofDay.apply(LocalDate.parse(text)).atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text);
            if (time.getYear() > 1970 && time.getYear() < 9000) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // The error message says what is allowed.
        }
        throw new IllegalArgumentException("A time must be like 2026-06-01T12:00:00Z, or a day like 2026-06-01.");
    }

    /**
     * @param letter a letter
     * @param mappings say which audience an event is about
     * @return whether it is selected
     */
    public boolean matches(StoredLetter letter, Collection<Mapping> mappings) {
        Instant time = from == null && to == null ? null : letter.time();
        return (ids == null || letter.id() != null && ids.contains(letter.id()))
                && (mapping == null || mapping.equals(letter.mapping()))
                && (code == null || code.equals(letter.code()))
                && (messageId == null
                        || messageId.equals(
                                letter.json().path(DeadLetterLine.MESSAGE_ID).textValue()))
                && (from == null || time != null && !time.isBefore(from))
                && (to == null || time != null && !time.isAfter(to))
                && (audience == null || isAbout(letter, mappings))
                && (text == null || mentions(letter.json(), text.toLowerCase(Locale.ROOT)));
    }

    private boolean isAbout(StoredLetter letter, Collection<Mapping> mappings) {
        JsonNode event = letter.event();
        return event instanceof ObjectNode
                && mappings.stream()
                        .filter(each ->
                                letter.mapping() == null || letter.mapping().equals(each.id()))
                        .anyMatch(each -> audience.equals(each.audience().idIn(event))
                                || audience.equals(each.audience().keyIn(event)));
    }

    private static boolean mentions(JsonNode node, String lowerCase) {
        if (node.isValueNode()) {
            return node.asText().toLowerCase(Locale.ROOT).contains(lowerCase);
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            if (names.next().toLowerCase(Locale.ROOT).contains(lowerCase)) {
                return true;
            }
        }
        for (JsonNode inner : node) {
            if (mentions(inner, lowerCase)) {
                return true;
            }
        }
        return false;
    }
}
