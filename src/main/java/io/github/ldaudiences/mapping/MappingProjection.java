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
            Fql.comparisons(mapping.trigger()).forEach(comparison -> values.add(comparison.subject()));
            List<MappingValue> fields = new ArrayList<>(fieldsOfEveryEvent(mapping));
            mapping.identifiers().forEach(identifier -> fields.add(mapping.valueOf(identifier)));
            fields.add(mapping.audienceAction());
            new EventTime(mapping.eventTime()).places().forEach(values::add);
            lists.addAll(mapping.members().places());
            if (mapping.preset() != MappingPreset.REVERSE_ETL) {
                if (mapping.membership() == MembershipMode.SEGMENT_CORE) {
                    values.add(TraitsOrProps.TYPE);
                }
                MappingValue holder = TraitsOrProps.of(mapping, null);
                // In the object that has the audience key, only the value under that key is read.
                holder.places().forEach(mapping.traitsOrProps() == MappingValue.NONE ? objects::add : values::add);
            }
            fields.forEach(field -> field.places().forEach(values::add));
        }
        return Projection.of(values, objects, lists);
    }

    /** @return the fields that are read for every event, whichever person it is about */
    static List<MappingValue> fieldsOfEveryEvent(Mapping mapping) {
        return List.of(
                mapping.segmentAudienceId(),
                mapping.segmentAudienceKey(),
                new EventKinds(mapping).kind(),
                mapping.contextKind());
    }
}
