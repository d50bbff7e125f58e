package io.github.ldaudiences.mapping;

/**
 * One mapping, as configured: what turns events into membership changes of one destination. Its fields are grouped by
 * the question that they answer about an event.
 *
 * @param id the mapping's name
 * @param destination id of the destination
 * @param events which events it takes
 * @param audience which audience an event is about
 * @param person who an event is about
 * @param membership whether the person is a member from then on
 * @param eventTime when an event happened; {@link MappingValue#NONE} uses Segment's fields
 * @param batching Segment field {@code enable_batching}
 */
public record Mapping(
        String id,
        String destination,
        EventSelection events,
        AudienceFields audience,
        PersonFields person,
        MembershipFields membership,
        MappingValue eventTime,
        boolean batching) {

    /** @return the id of the mapping's route, which is unique among routes */
    public String routeId() {
        return "mapping-" + id;
    }
}
