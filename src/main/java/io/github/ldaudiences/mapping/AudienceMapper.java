package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import java.util.List;
import java.util.regex.Pattern;

/** Turns an event into a membership change, as one mapping says. */
public final class AudienceMapper implements EventMapper {

    /** LaunchDarkly: what a context kind may be called; {@code kind} and {@code multi} are taken. */
    private static final Pattern CONTEXT_KIND = Pattern.compile("(?!(?:kind|multi)$)[A-Za-z0-9._-]+");

    /** Longer than any identifier that means something; each is kept in memory, and echoed in reasons. */
    private static final int MAX_LENGTH = 500;

    private final Mapping mapping;
    private final Membership membership;
    private final Recent<Audience> audiences = new Recent<>();
    private final Recent<String> audienceKeys = new Recent<>();

    /** @param mapping what to read from an event, and how */
    public AudienceMapper(Mapping mapping) {
        this.mapping = mapping;
        this.membership = new Membership(mapping);
    }

    /**
     * @param event an event that passed the trigger and the computation class
     * @return the change
     * @throws UnmappableEventException naming the field that stands in the way, and what was found in it
     */
    public MembershipChange map(SegmentEvent event) throws UnmappableEventException {
        return map(event, MappingTrace.NONE);
    }

    @Override
    public String map(SegmentEvent event, List<? super MembershipChange> changes, MappingTrace trace) {
        try {
            changes.add(map(event, trace));
            return null;
        } catch (UnmappableEventException e) {
            return e.getMessage();
        }
    }

    private MembershipChange map(SegmentEvent event, MappingTrace trace) throws UnmappableEventException {
        JsonNode json = event.json();
        Audience audience = audience(mapping, json);
        String audienceKey = audienceKey(mapping, json);
        String contextKey = contextKey(json, trace);
        String computationClass = JsonText.of(
                "segment_computation_action", mapping.segmentComputationAction().in(json));
        boolean member = membership.of(json, audienceKey, computationClass, trace);
        return new MembershipChange(
                audiences.same(audience),
                audienceKeys.same(audienceKey),
                contextKey,
                member,
                EventTime.of(json, event.origin().arrival(), trace),
                mapping.batching(),
                mapping.id(),
                event.origin());
    }

    static Audience audience(Mapping mapping, JsonNode event) throws UnmappableEventException {
        String audienceId = required("segment_audience_id", mapping.segmentAudienceId(), event);
        String contextKind = required("context_kind", mapping.contextKind(), event);
        if (!CONTEXT_KIND.matcher(contextKind).matches()) {
            throw new UnmappableEventException("context_kind: expected letters, digits, '.', '_' and '-', and neither"
                    + " kind nor multi, found " + contextKind + ".");
        }
        return new Audience(mapping.destination(), contextKind, audienceId);
    }

    static String audienceKey(Mapping mapping, JsonNode event) throws UnmappableEventException {
        return required("segment_audience_key", mapping.segmentAudienceKey(), event);
    }

    private static String required(String field, MappingValue value, JsonNode event) throws UnmappableEventException {
        String text = JsonText.of(field, value.in(event));
        if (text == null) {
            throw new UnmappableEventException(field + ": required, found nothing.");
        }
        return checkLength(field, text);
    }

    static String checkLength(String field, String text) throws UnmappableEventException {
        if (text.length() > MAX_LENGTH) {
            throw new UnmappableEventException(
                    field + ": expected at most " + MAX_LENGTH + " characters, found " + text.length() + ".");
        }
        return text;
    }

    private String contextKey(JsonNode event, MappingTrace trace) throws UnmappableEventException {
        for (ContextKeyPriority.Identifier identifier : mapping.identifiers()) {
            String text =
                    JsonText.of(identifier.field(), mapping.valueOf(identifier).in(event));
            if (text != null) {
                trace.contextKey(identifier.field(), text);
                return checkLength("context_key", text);
            }
        }
        throw new UnmappableEventException(
                "context_key: " + mapping.contextKey() + " found nothing that could be the context key.");
    }
}
