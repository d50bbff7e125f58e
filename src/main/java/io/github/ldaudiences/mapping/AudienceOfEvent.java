package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.regex.Pattern;

/** Finds the audience that an event is about, as configured for one mapping. */
final class AudienceOfEvent {

    /** LaunchDarkly: names allowed for a context kind; {@code kind} and {@code multi} are reserved. */
    private static final Pattern CONTEXT_KIND = Pattern.compile("(?!(?:kind|multi)$)[A-Za-z0-9._-]+");

    private final String destination;
    private final AudienceFields fields;
    private final Recent<Audience> audiences = new Recent<>();
    private final Recent<String> keys = new Recent<>();

    AudienceOfEvent(Mapping mapping) {
        this.destination = mapping.destination();
        this.fields = mapping.audience();
    }

    /**
     * @param event the event's JSON
     * @return the audience
     * @throws UnmappableEventException if the event does not name one
     */
    Audience audience(JsonNode event) throws UnmappableEventException {
        String id = required(ProblemCode.AUDIENCE_ID_MISSING, "segment_audience_id", fields.id(), event);
        String contextKind = required(ProblemCode.CONTEXT_KIND_MISSING, "context_kind", fields.contextKind(), event);
        Audience known = audiences.get(id);
        if (known != null && known.id().equals(id) && known.contextKind().equals(contextKind)) {
            return known;
        }
        if (!CONTEXT_KIND.matcher(contextKind).matches()) {
            throw new UnmappableEventException(
                    ProblemCode.CONTEXT_KIND_INVALID,
                    "context_kind: expected letters, digits, '.', '_' and '-', and neither" + " kind nor multi, found "
                            + contextKind + ".");
        }
        return audiences.put(id, new Audience(destination, contextKind, id));
    }

    /**
     * @param event the event's JSON
     * @return Segment's audience key
     * @throws UnmappableEventException if the event does not name one
     */
    String key(JsonNode event) throws UnmappableEventException {
        String key = required(ProblemCode.AUDIENCE_KEY_MISSING, "segment_audience_key", fields.key(), event);
        String known = keys.get(key);
        return key.equals(known) ? known : keys.put(key, key);
    }

    private static String required(ProblemCode missing, String field, MappingValue value, JsonNode event)
            throws UnmappableEventException {
        String text = JsonText.of(field, value.in(event));
        if (text == null) {
            throw new UnmappableEventException(missing, field + ": required, found nothing.");
        }
        return JsonText.checkLength(field, text);
    }
}
