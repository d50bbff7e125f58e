package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** The object of an event in which a mapping looks for the audience key: Segment field {@code traits_or_props}. */
public final class TraitsOrProps {

    /** Segment: the default of the field. */
    private static final MappingValue SEGMENTS_DEFAULT = MappingValue.compile(
            "{\"@if\":{\"exists\":{\"@path\":\"$.properties\"},\"then\":{\"@path\":\"$.properties\"},"
                    + "\"else\":{\"@path\":\"$.traits\"}}}");

    private TraitsOrProps() {}

    /**
     * @param mapping the mapping
     * @param audienceKey the audience key of an event, or null if it has none
     * @return the field as configured. Where it is not, the object that has the key, or with Segment's own rules for
     *     memberships, Segment's default
     */
    public static MappingValue of(Mapping mapping, String audienceKey) {
        if (mapping.traitsOrProps() != MappingValue.NONE) {
            return mapping.traitsOrProps();
        }
        return mapping.membership() == MembershipMode.SEGMENT ? SEGMENTS_DEFAULT : new HolderOf(audienceKey);
    }

    /** The object that has the audience key: an identify call may carry empty properties beside its traits. */
    record HolderOf(String audienceKey) implements MappingValue {

        private static final List<String> CANDIDATES = List.of("properties", "traits");

        /** @return the name of the object in the event, or null if none has the key */
        String name(JsonNode event) {
            for (String name : CANDIDATES) {
                if (audienceKey != null && event.path(name).hasNonNull(audienceKey)) {
                    return name;
                }
            }
            return null;
        }

        @Override
        public JsonNode in(JsonNode event) {
            String name = name(event);
            return name == null ? null : event.get(name);
        }

        @Override
        public Stream<List<String>> places() {
            return CANDIDATES.stream().map(List::of);
        }

        @Override
        public String from(JsonNode event) {
            String name = name(event);
            return name == null ? "nothing" : "$." + name;
        }
    }
}
