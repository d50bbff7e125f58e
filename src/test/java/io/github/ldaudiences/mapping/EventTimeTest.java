package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("mapping")
class EventTimeTest {

    private static final long ARRIVAL = millis("2026-06-01T12:00:00Z");

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "2026-01-01T00:00:00.000Z,           2026-01-01T00:00:00Z",
        "2026-05-31T23:59:59.999Z,           2026-05-31T23:59:59.999Z",
        "2024-02-29T10:11:12.013Z,           2024-02-29T10:11:12.013Z",
        "1969-12-31T23:59:59.001Z,           1969-12-31T23:59:59.001Z",
        "2026-01-01T00:00:00Z,               2026-01-01T00:00:00Z",
        "2026-01-01T00:00Z,                  2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.1Z,             2026-01-01T00:00:00.100Z",
        "2026-01-01T00:00:00.123456Z,        2026-01-01T00:00:00.123Z",
        "2026-01-01T00:00:00.123456789Z,     2026-01-01T00:00:00.123Z",
        "2026-01-01T02:00:00.500+02:00,      2026-01-01T00:00:00.500Z",
        "2025-12-31T18:30:00-05:30,          2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000+00:00,      2026-01-01T00:00:00Z",
    })
    void timesAreUnderstoodInEveryFormOfIso8601(String text, String expected) {
        assertThat(new EventTime(MappingValue.NONE).of(event("timestamp", text), ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-02-30T00:00:00.000Z",
                "2026-13-01T00:00:00.000Z",
                "2026-01-01T24:00:00.001Z",
                "2026-01-01T00:60:00.000Z",
                "2026-01-01T00:00:0x.000Z",
                "2026-01-01T00:00:00.-01Z",
                "2026-01-01T00:00:00.000X",
                "２０２６-01-01T00:00:00.000Z",
                "2026-01-01T00:00:00",
                "2026-01-01",
                "1767225600000",
                "+999999999-12-31T23:59:59Z",
            })
    void nonsenseFallsToTheNextFieldAndAtLastToTheArrival(String nonsense) {
        ObjectNode event = event("timestamp", nonsense);
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(ARRIVAL);

        event.put("receivedAt", "2026-01-04T00:00:00.000Z");
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-04T00:00:00Z"));
    }

    @Test
    void theEventsOwnTimeComesFirst() {
        ObjectNode event = event("receivedAt", "2026-01-04T00:00:00.000Z");
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-04T00:00:00Z"));
        event.put("sentAt", "2026-01-03T00:00:00.000Z");
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-03T00:00:00Z"));
        event.put("originalTimestamp", "2026-01-02T00:00:00.000Z");
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-02T00:00:00Z"));
        event.put("timestamp", "2026-01-01T00:00:00.000Z");
        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-01T00:00:00Z"));
    }

    @Test
    void whatIsNoTextIsNoTime() {
        ObjectNode event = event("sentAt", "2026-01-03T00:00:00.000Z");
        event.put("timestamp", 1_767_225_600_000L);
        event.putNull("originalTimestamp");

        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis("2026-01-03T00:00:00Z"));
    }

    @Test
    void anEventWithoutATimeHappenedWhenItArrived() {
        assertThat(new EventTime(MappingValue.NONE)
                        .of(new ObjectMapper().createObjectNode(), ARRIVAL, MappingTrace.NONE))
                .isEqualTo(ARRIVAL);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "2026-06-01T12:05:00.000Z, 2026-06-01T12:05:00.000Z",
        "2026-06-01T12:05:00.001Z, 2026-06-01T12:00:00.000Z",
        "2027-01-01T00:00:00+01:00, 2026-06-01T12:00:00.000Z",
        "9999-12-31T23:59:59.999Z, 2026-06-01T12:00:00.000Z",
    })
    void aTimeFarAheadOfTheClockCountsAsTheArrival(String text, String expected) {
        ObjectNode event = event("timestamp", text);
        event.put("sentAt", "2026-01-03T00:00:00.000Z");

        assertThat(new EventTime(MappingValue.NONE).of(event, ARRIVAL, MappingTrace.NONE))
                .isEqualTo(millis(expected));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "1767225600,                   2026-01-01T00:00:00Z",
        "1767225600123,                2026-01-01T00:00:00.123Z",
        "'\"1767225600\"',             2026-01-01T00:00:00Z",
        "'\"1767225600123\"',          2026-01-01T00:00:00.123Z",
        "1767225600.25,                2026-01-01T00:00:00.250Z",
        "0,                            1970-01-01T00:00:00Z",
        "'\"2026-01-01T00:00:00Z\"',   2026-01-01T00:00:00Z",
        "9999999999999,                2026-06-01T12:00:00Z", // from the future
        "1e400,                        2026-06-01T12:00:00Z",
        "true,                         2026-06-01T12:00:00Z",
        "'{}',                         2026-06-01T12:00:00Z",
        "null,                         2026-06-01T12:00:00Z",
        "'\"yesterday\"',              2026-06-01T12:00:00Z",
    })
    void aConfiguredTimeMayBeSecondsOrMillisecondsAndIsTheOnlyOne(String json, String expected) throws Exception {
        ObjectNode event = (ObjectNode) new ObjectMapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree("{\"at\":" + json + ",\"timestamp\":\"2020-01-01T00:00:00Z\"}");
        EventTime time = new EventTime(MappingValue.compile("$.at"));
        assertThat(time.of(event, ARRIVAL, MappingTrace.NONE)).isEqualTo(millis(expected));
    }

    private static ObjectNode event(String field, String time) {
        return new ObjectMapper().createObjectNode().put(field, time);
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }
}
