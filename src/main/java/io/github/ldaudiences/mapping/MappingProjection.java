package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.Projection;
import io.github.ldaudiences.fql.Fql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lists the places of an event that the mappings read, for their triggers, filters and fields. */
public final class MappingProjection {

    private MappingProjection() {}

    /**
     * @param mappings all mappings, including those that are off, because they can be started at any time
     * @param messageIds whether message ids are read, too
     * @return the places that are read
     */
    public static Projection of(Collection<Mapping> mappings, boolean messageIds) {
        List<List<String>> values = new ArrayList<>();
        if (messageIds) {
            values.add(List.of("messageId"));
        }
        List<List<String>> objects = new ArrayList<>();
        List<List<String>> lists = new ArrayList<>();
        for (Mapping mapping : mappings) {
            Fql.comparisons(mapping.events().trigger()).forEach(comparison -> values.add(comparison.subject()));
            List<MappingValue> fields = new ArrayList<>(fieldsOfEveryEvent(mapping));
            fields.addAll(mapping.person().values());
            MembershipFields membership = mapping.membership();
            fields.add(membership.action());
            new EventTime(mapping.eventTime()).places().forEach(values::add);
            lists.addAll(mapping.person().members().places());
            if (mapping.events().preset() != MappingPreset.REVERSE_ETL) {
                if (membership.mode() == MembershipMode.SEGMENT_CORE) {
                    values.add(TraitsOrProps.TYPE);
                }
                MappingValue holder = TraitsOrProps.of(membership, null);
                // In the object that has the audience key, only the value under that key is read.
                holder.places().forEach(membership.traitsOrProps() == MappingValue.NONE ? objects::add : values::add);
            }
            fields.forEach(field -> field.places().forEach(values::add));
        }
        return Projection.of(values, objects, lists);
    }

    /** @return the fields that are read for every event, whichever person it is about */
    static List<MappingValue> fieldsOfEveryEvent(Mapping mapping) {
        List<MappingValue> fields = new ArrayList<>(mapping.audience().values());
        fields.add(new EventKinds(mapping.events()).kind());
        return fields;
    }
}
