package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The object of an event in which a mapping looks for the audience key: Segment field {@code traits_or_props}. */
public final class TraitsOrProps {

    /** Segment: the default of the field. */
    private static final MappingValue SEGMENTS_DEFAULT = MappingValue.compile(
            "{\"@if\":{\"exists\":{\"@path\":\"$.properties\"},\"then\":{\"@path\":\"$.properties\"},"
                    + "\"else\":{\"@path\":\"$.traits\"}}}");

    /** Segment: the place of an event that holds its type. */
    static final List<String> TYPE = List.of("type");

    private TraitsOrProps() {}

    /**
     * @param fields how the mapping reads memberships
     * @param audienceKey the audience key of an event, or null if it has none
     * @return the field as configured. If it is not configured: the object that has the key; or, with Segment's own
     *     membership rules, Segment's default; or, with those of its framework, the object for the event's type
     */
    public static MappingValue of(MembershipFields fields, String audienceKey) {
        if (fields.traitsOrProps() != MappingValue.NONE) {
            return fields.traitsOrProps();
        }
        return switch (fields.mode()) {
            case STRICT -> new HolderOf(audienceKey);
            case SEGMENT -> SEGMENTS_DEFAULT;
            case SEGMENT_CORE -> HolderOfType.INSTANCE;
        };
    }

    /**
     * @param fields how the mapping reads memberships
     * @param event the event's JSON
     * @param audienceKey the audience key of the event
     * @param trace receives the place of the value
     * @return the value under the key, or null if there is none
     * @throws UnmappableEventException if the holder of the key is not an object
     */
    static JsonNode find(MembershipFields fields, JsonNode event, String audienceKey, MappingTrace trace)
            throws UnmappableEventException {
        MappingValue field = of(fields, audienceKey);
        JsonNode holder = field.in(event);
        if (holder != null && !holder.isObject()) {
            throw new UnmappableEventException(
                    ProblemCode.TRAITS_OR_PROPS_NOT_AN_OBJECT,
                    "traits_or_props: expected an object, found " + JsonText.describe(holder) + ".");
        }
        JsonNode value = holder == null ? null : holder.get(audienceKey);
        if (value == null || value.isNull()) {
            return null;
        }
        trace.membership(field instanceof Holder found ? found.name(event) : "traits_or_props", value);
        return value;
    }

    /** @return whether calls of this type carry memberships */
    static boolean isIdentifyOrTrack(JsonNode type) {
        return type != null && type.isTextual() && HolderOfType.NAMES.containsKey(type.textValue());
    }

    /** One of the two objects of an event, traits or properties. */
    private interface Holder extends MappingValue {

        /** @return the name of the object in the event, or null if it is neither */
        String name(JsonNode event);

        @Override
        default JsonNode in(JsonNode event) {
            String name = name(event);
            JsonNode holder = name == null ? null : event.get(name);
            return holder == null || holder.isNull() ? null : holder;
        }

        @Override
        default Stream<List<String>> places() {
            return Stream.of(List.of("properties"), List.of("traits"));
        }

        @Override
        default String from(JsonNode event) {
            String name = name(event);
            return name == null ? "nothing" : "$." + name;
        }
    }

    /** The object that has the audience key: an identify call may have empty properties in addition to its traits. */
    private record HolderOf(String audienceKey) implements Holder {

        @Override
        public String name(JsonNode event) {
            if (audienceKey == null) {
                return null;
            }
            if (event.path("properties").hasNonNull(audienceKey)) {
                return "properties";
            }
            return event.path("traits").hasNonNull(audienceKey) ? "traits" : null;
        }
    }

    /** The object that calls of the event's type carry. */
    private enum HolderOfType implements Holder {
        INSTANCE;

        static final Map<String, String> NAMES = Map.of("identify", "traits", "track", "properties");

        @Override
        public String name(JsonNode event) {
            JsonNode type = event.get("type");
            return isIdentifyOrTrack(type) ? NAMES.get(type.textValue()) : null;
        }
    }
}
