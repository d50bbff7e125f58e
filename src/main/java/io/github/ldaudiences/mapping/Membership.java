package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.Set;

/** Decides whether an event adds its person to the audience or removes them. */
final class Membership {

    /** Segment: the class of Journeys v2, whose events carry no membership: being in the step is being a member. */
    private static final String JOURNEY_STEP = "journey_step";

    /** What every object has in JavaScript, and is true. */
    private static final Set<String> OF_EVERY_OBJECT = Set.of(
            "constructor",
            "hasOwnProperty",
            "isPrototypeOf",
            "propertyIsEnumerable",
            "toLocaleString",
            "toString",
            "valueOf",
            "__defineGetter__",
            "__defineSetter__",
            "__lookupGetter__",
            "__lookupSetter__",
            "__proto__");

    private final Mapping mapping;

    Membership(Mapping mapping) {
        this.mapping = mapping;
    }

    /**
     * @param event the event's JSON
     * @param audienceKey the audience key, under which the event says true or false
     * @param computationClass Segment's computation class of the event
     * @param trace is told what decides
     * @return whether the person is a member
     * @throws UnmappableEventException if the event does not say so unmistakably
     */
    boolean of(JsonNode event, String audienceKey, String computationClass, MappingTrace trace)
            throws UnmappableEventException {
        JsonNode configured = mapping.audienceAction().in(event);
        String action = JsonText.of("audience_action", configured);
        if (action != null) {
            trace.membership("audience_action", configured);
            return switch (action) {
                case "ADD" -> true;
                case "REMOVE" -> false;
                default ->
                    throw new UnmappableEventException(
                            ProblemCode.AUDIENCE_ACTION_INVALID,
                            "audience_action: expected ADD or REMOVE, found " + action + ".");
            };
        }
        if (mapping.membership() == MembershipMode.SEGMENT) {
            return asSegment(event, audienceKey, computationClass, trace);
        }
        JsonNode value = find(event, audienceKey, trace);
        if (value == null) {
            if (JOURNEY_STEP.equals(computationClass)) {
                trace.membership("segment_computation_action", null);
                return true;
            }
            throw new UnmappableEventException(
                    ProblemCode.MEMBERSHIP_MISSING,
                    "traits_or_props: expected true or false under " + audienceKey + ", found no such field.");
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if ("true".equals(value.textValue())) {
            return true;
        }
        if ("false".equals(value.textValue())) {
            return false;
        }
        throw new UnmappableEventException(
                ProblemCode.MEMBERSHIP_NOT_BOOLEAN,
                "traits_or_props: expected true or false under " + audienceKey + ", found " + JsonText.describe(value)
                        + ".");
    }

    /** Segment: {@code traits_or_props[audience key] ? ADD : REMOVE}, as JavaScript evaluates it. */
    private boolean asSegment(JsonNode event, String audienceKey, String computationClass, MappingTrace trace)
            throws UnmappableEventException {
        JsonNode holder = TraitsOrProps.of(mapping, audienceKey).in(event);
        if (holder == null || !holder.isObject()) {
            throw new UnmappableEventException(
                    ProblemCode.TRAITS_OR_PROPS_NOT_AN_OBJECT,
                    "traits_or_props: expected an object, found " + JsonText.describe(holder) + ".");
        }
        JsonNode value = holder.get(audienceKey);
        trace.membership("traits_or_props", value);
        if (value == null) {
            return JOURNEY_STEP.equals(computationClass) || OF_EVERY_OBJECT.contains(audienceKey);
        }
        return isTrueInJavaScript(value);
    }

    private static boolean isTrueInJavaScript(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.doubleValue() != 0; // 1e-400 is 0 there
            case STRING -> !value.textValue().isEmpty();
            case NULL, MISSING -> false;
            default -> true;
        };
    }

    private JsonNode find(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        MappingValue field = TraitsOrProps.of(mapping, audienceKey);
        JsonNode holder = field.in(event);
        if (holder != null && !holder.isObject()) {
            throw new UnmappableEventException(
                    ProblemCode.TRAITS_OR_PROPS_NOT_AN_OBJECT,
                    "traits_or_props: expected an object, found " + JsonText.describe(holder) + ".");
        }
        String name = field instanceof TraitsOrProps.HolderOf found ? found.name(event) : "traits_or_props";
        return presentIn(name, holder, audienceKey, trace);
    }

    private static JsonNode presentIn(String name, JsonNode holder, String audienceKey, MappingTrace trace) {
        JsonNode value = holder == null ? null : holder.get(audienceKey);
        if (value == null || value.isNull()) {
            return null;
        }
        trace.membership(name, value);
        return value;
    }
}
