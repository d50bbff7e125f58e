package io.github.ldaudiences.mapping;

import java.util.Set;

/**
 * The events that a mapping takes.
 *
 * @param preset what kind of events they are
 * @param trigger FQL: which events are for this mapping
 * @param computationClasses Segment: the computation classes that are copied, {@code audience} and possibly {@code
 *     journey_step}
 * @param computationAction Segment field {@code segment_computation_action}: where an event names its computation class
 * @param syncMode which events of Reverse ETL it takes
 */
public record EventSelection(
        MappingPreset preset,
        String trigger,
        Set<String> computationClasses,
        MappingValue computationAction,
        SyncMode syncMode) {}
