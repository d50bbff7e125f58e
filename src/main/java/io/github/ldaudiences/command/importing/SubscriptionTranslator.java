package io.github.ldaudiences.command.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.fql.Fql;
import io.github.ldaudiences.fql.FqlSyntaxException;
import io.github.ldaudiences.mapping.MappingPreset;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.mapping.SyncMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Converts one subscription to the properties of a mapping, and reports what cannot be carried over. */
final class SubscriptionTranslator {

    /** Segment: the supported action, compared regardless of how it is written. */
    private static final String ACTION = "syncaudience";

    /** Segment: its own names and times, which have no meaning here. */
    private static final Set<String> UNIMPORTANT =
            Set.of("id", "actionId", "destinationId", "createdAt", "updatedAt", "createdBy", "updatedBy");

    /** Segment's default of {@code traits_or_props}. The default here finds the audience key in more events. */
    private static final MappingValue SEGMENT_TRAITS_OR_PROPS = MappingValue.compile(
            "{\"@if\":{\"exists\":{\"@path\":\"$.properties\"},\"then\":{\"@path\":\"$.properties\"},"
                    + "\"else\":{\"@path\":\"$.traits\"}}}");

    /** Segment: where a subscription has its sync mode, which applies only to rows of a warehouse. */
    private static final String SYNC_MODE = "__segment_internal_sync_mode";

    private final Subscription subscription;
    private final String id;
    private final boolean rows;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> done = new HashSet<>();

    private SubscriptionTranslator(Subscription subscription, String id) {
        this.subscription = subscription;
        this.id = id;
        this.rows = subscription.fields().containsKey(SYNC_MODE)
                && (hasModel() || (takesRows() && !takes("Audience Entered")));
    }

    /**
     * @param subscription a subscription
     * @param id the id of the resulting mapping
     * @return its properties and its problems
     */
    static ImportedMapping translate(Subscription subscription, String id) {
        SubscriptionTranslator translator = new SubscriptionTranslator(subscription, id);
        translator.translateSurroundings();
        translator.translateFields();
        translator.reportTheRest();
        return new ImportedMapping(subscription.name(), id, translator.properties, translator.problems);
    }

    private void translateSurroundings() {
        // Always present, because a mapping exists as soon as one of its properties is set.
        properties.put(Catalogue.MAPPING_ENABLED.key(id), Boolean.toString(subscription.enabled()));
        String trigger = subscription.trigger();
        if (trigger == null || trigger.isBlank()) {
            if (rows) {
                return; // the mapping's own trigger selects the events of its sync mode
            }
            problems.add("trigger: missing; set " + Catalogue.MAPPING_TRIGGER.key(id)
                    + ", or leave the default, which takes identify and track.");
        } else {
            String text = ConfiguredText.ofTrigger(trigger);
            if (put("trigger", Catalogue.MAPPING_TRIGGER, text)) {
                Fql.differences(text).forEach(this::reportTrigger);
            }
        }
    }

    private void reportTrigger(String difference) {
        problems.add("trigger: Segment " + difference
                + ". Here the trigger works as it is written; check that it selects the events"
                + " that you want.");
    }

    private void translateFields() {
        if (rows) {
            syncMode();
            ofMapping("segment_audience_id", Catalogue.MAPPING_SEGMENT_AUDIENCE_ID);
            ofMapping("segment_audience_key", Catalogue.MAPPING_SEGMENT_AUDIENCE_KEY);
            // A row has neither: the name of its event carries the same information.
            done.addAll(Set.of("segment_computation_action", "traits_or_props"));
        } else {
            syncModeOfAudienceEvents();
            required("segment_audience_id", Catalogue.MAPPING_SEGMENT_AUDIENCE_ID);
            required("segment_audience_key", Catalogue.MAPPING_SEGMENT_AUDIENCE_KEY);
            required("segment_computation_action", Catalogue.MAPPING_SEGMENT_COMPUTATION_ACTION);
            computationClass();
            traitsOrProps();
        }
        required("context_kind", Catalogue.MAPPING_CONTEXT_KIND);
        optional("segment_user_id", Catalogue.MAPPING_SEGMENT_USER_ID);
        optional("segment_anonymous_id", Catalogue.MAPPING_SEGMENT_ANONYMOUS_ID);
        optional("user_email", Catalogue.MAPPING_USER_EMAIL);
        constant("context_key", Catalogue.MAPPING_CONTEXT_KEY, true);
        optional("audience_action", Catalogue.MAPPING_AUDIENCE_ACTION);
        constant("enable_batching", Catalogue.MAPPING_ENABLE_BATCHING, false);
    }

    private void syncMode() {
        properties.put(Catalogue.MAPPING_PRESET.key(id), MappingPreset.REVERSE_ETL.toString());
        constant(SYNC_MODE, Catalogue.MAPPING_SYNC_MODE, true);
    }

    /** Segment: stores a sync mode in mappings of audience events, too, whose memberships are in the events. */
    private void syncModeOfAudienceEvents() {
        if (take(SYNC_MODE) != null && takesRows()) {
            problems.add(SYNC_MODE + ": applies only to rows of Reverse ETL; if they arrive here, add a mapping"
                    + " with "
                    + Catalogue.MAPPING_PRESET.key("<id>") + "=" + MappingPreset.REVERSE_ETL + " for them.");
        }
    }

    private boolean hasModel() {
        JsonNode model = subscription.others().get("modelId");
        return model != null && !model.asText().isBlank();
    }

    private boolean takesRows() {
        return SyncMode.MIRROR.events().stream().anyMatch(this::takes);
    }

    /** @return whether the trigger selects a track event with that name */
    private boolean takes(String event) {
        try {
            return subscription.trigger() != null
                    && Fql.compile(ConfiguredText.ofTrigger(subscription.trigger()))
                            .test(JsonNodeFactory.instance
                                    .objectNode()
                                    .put("type", "track")
                                    .put("event", event));
        } catch (FqlSyntaxException e) {
            return false; // reported as a problem of the trigger
        }
    }

    /** Handles a field that the mapping must set, because rows do not have it. */
    private void ofMapping(String field, Property<MappingValue> property) {
        JsonNode value = take(field);
        if (value == null || means(value, property.parse(property.defaultValue()))) {
            problems.add(field + ": rows do not name their audience; set " + property.key(id) + " to the audience's.");
        } else {
            put(field, property, value);
        }
    }

    private void required(String field, Property<MappingValue> property) {
        JsonNode value = take(field);
        if (value == null) {
            missing(field, property);
        } else {
            put(field, property, value);
        }
    }

    /** Segment: a field without a value is empty, even if new mappings have a default for it. */
    private void optional(String field, Property<MappingValue> property) {
        JsonNode value = take(field);
        if (value == null) {
            put(field, property, "");
        } else {
            put(field, property, value);
        }
    }

    private void traitsOrProps() {
        JsonNode value = take("traits_or_props");
        if (value == null) {
            missing("traits_or_props", Catalogue.MAPPING_TRAITS_OR_PROPS);
        } else if (!(value.isObject() && means(value, SEGMENT_TRAITS_OR_PROPS))) {
            put("traits_or_props", Catalogue.MAPPING_TRAITS_OR_PROPS, value);
        }
    }

    /** Handles a field that is a setting here, with one value for all events. */
    private void constant(String field, Property<?> property, boolean required) {
        JsonNode value = take(field);
        if (value != null && value.has("@literal")) {
            value = value.get("@literal");
        }
        if (value == null) {
            if (required) {
                missing(field, property);
            }
        } else if (value.isContainerNode()) {
            problems.add(
                    field + ": depends on the event, but must be the same for all events here; set " + property.key(id)
                            + " to " + property.allowed()
                            + ".");
        } else {
            put(field, property, value.asText());
        }
    }

    /** A computation class that is the same for all events must be among the copied ones, or no event is copied. */
    private void computationClass() {
        JsonNode written = subscription.fields().get("segment_computation_action");
        if (written != null && written.isTextual()) {
            put("segment_computation_action", Catalogue.MAPPING_COMPUTATION_CLASSES, written.textValue());
        }
    }

    private void missing(String field, Property<?> property) {
        problems.add(field + ": required, but has no value; set " + property.key(id) + ", or leave the default, "
                + (property.defaultValue().isEmpty() ? "empty" : property.defaultValue()) + ".");
    }

    private JsonNode take(String field) {
        done.add(field);
        return subscription.fields().get(field);
    }

    private void put(String field, Property<MappingValue> property, JsonNode value) {
        try {
            put(field, property, ConfiguredText.of(value));
        } catch (IllegalArgumentException e) {
            refused(field, property, e);
        }
    }

    /** @return whether the property accepts the text */
    private <T> boolean put(String field, Property<T> property, String text) {
        try {
            if (!property.parse(text).equals(property.parse(property.defaultValue()))) {
                properties.put(property.key(id), text);
            }
            return true;
        } catch (IllegalArgumentException e) {
            refused(field, property, e);
            return false;
        }
    }

    private void refused(String field, Property<?> property, IllegalArgumentException e) {
        problems.add(field + ": " + (e.getMessage() == null ? "is not allowed" : e.getMessage()) + "; set "
                + property.key(id) + " to " + property.allowed() + ".");
    }

    private static boolean means(JsonNode value, MappingValue expected) {
        try {
            return MappingValue.compile(value.toString()).equals(expected);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void reportTheRest() {
        subscription.fields().forEach((field, value) -> {
            if (done.contains(field)) {
                return;
            }
            problems.add(
                    switch (field) {
                        case "batch_size" ->
                            "batch_size: all mappings have the same batch size; set "
                                    + Catalogue.BATCH_MAX_MEMBERS.key()
                                    + "=" + value.asText()
                                    + " if LaunchDarkly's limit is not the one that you want.";
                        case "__segment_internal_directive" ->
                            "__segment_internal_directive: changes each event before the fields are read, which is"
                                    + " not supported here; rewrite the fields for events as they arrive.";
                        default ->
                            field + ": not a known field of Sync Audience; if it matters, apply it before the"
                                    + " events arrive.";
                    });
        });
        subscription.others().forEach(this::reportOther);
    }

    private void reportOther(String name, JsonNode value) {
        if (UNIMPORTANT.contains(name) || "".equals(value.textValue())) {
            return;
        }
        switch (name) {
            case "actionSlug" -> {
                String slug = value.asText().toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
                if (!ACTION.equals(slug)) {
                    problems.add(
                            "actionSlug: " + value.asText() + " is not Sync Audience of LaunchDarkly Audiences; only"
                                    + " that action can be carried over.");
                }
            }
            case "modelId" ->
                problems.add("modelId: a Reverse ETL model cannot be a source here; send its rows as events.");
            default -> problems.add(name + ": not known here; if it matters, apply it before the events arrive.");
        }
    }
}
