package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/**
 * One mapping, as configured: a trigger and the settings of Segment's eleven fields, for one destination.
 *
 * @param id the mapping's name
 * @param preset what kind of events it takes
 * @param destination id of the destination
 * @param trigger FQL: which events are for this mapping
 * @param computationClasses Segment: the computation classes that are copied, {@code audience} and possibly {@code
 *     journey_step}
 * @param segmentAudienceId Segment field {@code segment_audience_id}
 * @param segmentAudienceKey Segment field {@code segment_audience_key}
 * @param segmentComputationAction Segment field {@code segment_computation_action}
 * @param contextKind Segment field {@code context_kind}
 * @param segmentUserId Segment field {@code segment_user_id}
 * @param segmentAnonymousId Segment field {@code segment_anonymous_id}
 * @param userEmail Segment field {@code user_email}
 * @param contextKey Segment field {@code context_key}
 * @param traitsOrProps Segment field {@code traits_or_props}; {@link MappingValue#NONE} uses the object that has the
 *     audience key
 * @param audienceAction Segment field {@code audience_action}; {@link MappingValue#NONE} computes it from the
 *     membership
 * @param batching Segment field {@code enable_batching}
 * @param membership how the value under the audience key is read
 * @param syncMode which events of Reverse ETL it takes
 * @param members the lists of people in an event; {@link MemberLists#NONE} for events about one person
 * @param eventTime when an event happened; {@link MappingValue#NONE} uses Segment's fields
 */
public record Mapping(
        String id,
        MappingPreset preset,
        String destination,
        String trigger,
        Set<String> computationClasses,
        MappingValue segmentAudienceId,
        MappingValue segmentAudienceKey,
        MappingValue segmentComputationAction,
        MappingValue contextKind,
        MappingValue segmentUserId,
        MappingValue segmentAnonymousId,
        MappingValue userEmail,
        ContextKeyPriority contextKey,
        MappingValue traitsOrProps,
        MappingValue audienceAction,
        boolean batching,
        MembershipMode membership,
        SyncMode syncMode,
        MemberLists members,
        MappingValue eventTime) {

    /** @return the id of the mapping's route, which is unique among routes */
    public String routeId() {
        return "mapping-" + id;
    }

    /** @return the identifiers that the context key may be taken from, in order of preference */
    List<ContextKeyPriority.Identifier> identifiers() {
        return contextKey.identifiers();
    }

    /** @return the places of an event that the context key may be taken from */
    public List<EventPath> contextKeyPlaces() {
        return identifiers().stream()
                .flatMap(identifier -> valueOf(identifier).places())
                .map(EventPath::new)
                .toList();
    }

    /** @return the field that holds an identifier */
    MappingValue valueOf(ContextKeyPriority.Identifier identifier) {
        return switch (identifier) {
            case USER_ID -> segmentUserId;
            case EMAIL -> userEmail;
            case ANONYMOUS_ID -> segmentAnonymousId;
        };
    }

    /**
     * @param event the event's JSON
     * @return Segment's audience id of the event, or null if it has none
     */
    public String segmentAudienceIdIn(JsonNode event) {
        try {
            return JsonText.of("segment_audience_id", segmentAudienceId.in(event));
        } catch (UnmappableEventException e) {
            return null;
        }
    }

    /**
     * @param event the event's JSON
     * @return the audience key of the event, or null if it has none
     */
    public String segmentAudienceKeyIn(JsonNode event) {
        try {
            return JsonText.of("segment_audience_key", segmentAudienceKey.in(event));
        } catch (UnmappableEventException e) {
            return null;
        }
    }
}
