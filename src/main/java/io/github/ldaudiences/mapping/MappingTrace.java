package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Receives what decides while an event is mapped, so that the result can be explained. The pipeline uses {@link #NONE}.
 */
public interface MappingTrace {

    /** Ignores everything. */
    MappingTrace NONE = new MappingTrace() {};

    /**
     * @param field Segment field that the context key is taken from
     * @param value the value of that field
     */
    default void contextKey(String field, String value) {}

    /**
     * @param from what decides: {@code audience_action}, {@code traits_or_props} as configured, {@code properties} or
     *     {@code traits} of the event, or {@code segment_computation_action} for a journey step without a membership
     * @param value what was found there, or null
     */
    default void membership(String from, JsonNode value) {}

    /**
     * @param from the field that the time is taken from; null if none is usable, so that the arrival time is used
     * @param value the value of that field, or null
     * @param time the resulting time, in epoch milliseconds
     * @param clamped whether the event's own time is too far ahead, so that the arrival time is used
     */
    default void eventTime(String from, JsonNode value, long time, boolean clamped) {}
}
