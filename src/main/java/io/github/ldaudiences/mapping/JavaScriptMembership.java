package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.Set;

/** Segment: {@code traits_or_props[audience key] ? ADD : REMOVE}, as JavaScript evaluates it. */
final class JavaScriptMembership implements Membership {

    /** Properties that every JavaScript object has, and that are truthy. */
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

    private final MembershipFields fields;
    private final JourneyStep step;

    JavaScriptMembership(Mapping mapping) {
        this.fields = mapping.membership();
        this.step = new JourneyStep(mapping.events().computationAction());
    }

    @Override
    public AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        JsonNode holder = TraitsOrProps.of(fields, audienceKey).in(event);
        if (holder == null || !holder.isObject()) {
            throw new UnmappableEventException(
                    ProblemCode.TRAITS_OR_PROPS_NOT_AN_OBJECT,
                    "traits_or_props: expected an object, found " + JsonText.describe(holder) + ".");
        }
        JsonNode value = holder.get(audienceKey);
        trace.membership("traits_or_props", value);
        return AudienceAction.of(
                value == null ? OF_EVERY_OBJECT.contains(audienceKey) || step.isNamedIn(event) : isTrue(value));
    }

    private static boolean isTrue(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.doubleValue() != 0; // in JavaScript, 1e-400 is 0
            case STRING -> !value.textValue().isEmpty();
            case NULL, MISSING -> false;
            default -> true;
        };
    }
}
