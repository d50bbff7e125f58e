package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/** Is told what decides while an event is mapped, so that it can be explained to a person. The pipeline does not listen. */
public interface MappingTrace {

    /** Does not listen. */
    MappingTrace NONE = new MappingTrace() {};

    /**
     * @param field Segment field that the context key is taken from
     * @param value what that field has
     */
    default void contextKey(String field, String value) {}

    /**
     * @param from what decides: {@code audience_action}, {@code traits_or_props} as configured, {@code properties} or
     *     {@code traits} of the event, or {@code segment_computation_action} for a journey step that says no more
     * @param value what was found there, or null
     */
    default void membership(String from, JsonNode value) {}

    /**
     * @param from field that the time is taken from, or null if none is usable and the event's arrival counts
     * @param value what that field has, or null
     * @param time the time that counts, in epoch milliseconds
     * @param clamped whether the event's own time is too far ahead, so that its arrival counts
     */
    default void eventTime(String from, JsonNode value, long time, boolean clamped) {}
}
