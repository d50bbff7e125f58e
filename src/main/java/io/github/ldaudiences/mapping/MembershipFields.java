package io.github.ldaudiences.mapping;

/**
 * The fields that say how an event changes the membership of its person.
 *
 * @param mode how the value under the audience key is read
 * @param traitsOrProps Segment field {@code traits_or_props}; {@link MappingValue#NONE} uses the object that has the
 *     audience key
 * @param action Segment field {@code audience_action}; {@link MappingValue#NONE} computes it from the membership
 */
public record MembershipFields(MembershipMode mode, MappingValue traitsOrProps, MappingValue action) {}
