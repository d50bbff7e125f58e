package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.Member;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.batch.StatesUnavailableException;
import io.github.ldaudiences.delivery.RequestPreview;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.fql.Fql;
import io.github.ldaudiences.mapping.AudienceFields;
import io.github.ldaudiences.mapping.AudienceMapper;
import io.github.ldaudiences.mapping.EventKinds;
import io.github.ldaudiences.mapping.EventSelection;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingPreset;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.mapping.MemberLists;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.mapping.PersonFields;
import io.github.ldaudiences.mapping.SyncMode;
import io.github.ldaudiences.mapping.TraitsOrProps;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Explains what one mapping would do with an event. */
final class MappingExplainer {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRAITS_OR_PROPS = "traits_or_props";

    private final Mapping mapping;
    private final Set<String> ownFields;
    private final Predicate<JsonNode> trigger;
    private final List<Fql.Comparison> comparisons;
    private final EventKinds kinds;
    private final AudienceMapper mapper;
    private final BatchByAudience batches;
    private final RecallStates recallStates;
    private final SettleRepeats settleRepeats;
    private final String environmentId;
    private final boolean sandboxed;
    private final SegmentAudiencesRequest request;

    /**
     * @param mapping the mapping
     * @param ownFields Segment's names of the fields that do not have the default
     * @param batches creates the batches
     * @param recallStates looks up states that this process does not remember
     * @param settleRepeats knows which changes need no request
     * @param environmentId client-side ID of the mapping's destination
     * @param sandboxed whether that destination is in the embedded sandbox
     * @param request creates the requests to that destination
     */
    MappingExplainer(
            Mapping mapping,
            Set<String> ownFields,
            BatchByAudience batches,
            RecallStates recallStates,
            SettleRepeats settleRepeats,
            String environmentId,
            boolean sandboxed,
            SegmentAudiencesRequest request) {
        this.mapping = mapping;
        this.ownFields = ownFields;
        this.trigger = Fql.compile(mapping.events().trigger());
        this.comparisons = Fql.comparisons(mapping.events().trigger());
        this.kinds = new EventKinds(mapping.events());
        this.mapper = new AudienceMapper(mapping);
        this.batches = batches;
        this.recallStates = recallStates;
        this.settleRepeats = settleRepeats;
        this.environmentId = environmentId;
        this.sandboxed = sandboxed;
        this.request = request;
    }

    Mapping mapping() {
        return mapping;
    }

    /**
     * @param event the event
     * @param status whether the mapping is active
     * @return the steps that the event would go through, as far as it would get, and the outcome
     */
    ObjectNode explain(SegmentEvent event, MappingStatus status) {
        JsonNode json = event.json();
        Problem skipped = whySkipped(json, status);
        Findings findings = new Findings();
        List<MembershipChange> changes = new ArrayList<>();
        Problem problem = skipped != null ? null : mapper.map(event, changes, findings);
        if (skipped == null && problem == null && changes.isEmpty()) {
            skipped = new Problem(ProblemCode.NOBODY_LISTED, "The event changes nobody's membership.");
        }

        ObjectNode explained = JsonNodeFactory.instance.objectNode();
        explained.put(Names.MAPPING, mapping.id()).put(Names.STATUS, status.toString());
        Outcome outcome = skipped != null ? Outcome.SKIPPED : problem != null ? Outcome.REJECTED : Outcome.DELIVERED;
        explained.put(Names.OUTCOME, outcome.toString());
        if (outcome != Outcome.DELIVERED) {
            Problem why = skipped != null ? skipped : problem;
            explained.put(Names.CODE, why.code().toString()).put(Names.REASON, why.reason());
        }
        explained.set(Names.TRIGGER, trigger(json));
        if (mapping.events().preset() != MappingPreset.RUDDERSTACK_AUDIENCE_LIST) {
            explained.set(rows() ? Names.SYNC_MODE : Names.COMPUTATION_CLASS, kind(json));
        }
        explained.set(Names.FIELDS, fields(mapping.person().members().first(json)));
        findings.addTo(explained, severalMembers() || changes.isEmpty() ? null : changes.get(0));
        if (!changes.isEmpty()) {
            addRequests(explained, changes);
        }
        return explained;
    }

    private Problem whySkipped(JsonNode event, MappingStatus status) {
        if (status != MappingStatus.ON) {
            return new Problem(ProblemCode.MAPPING_OFF, "The mapping is " + status + ".");
        }
        // The trigger of a sync mode consists of the mode's events, so the explanation names the mode instead.
        boolean otherRow = rows() && SyncMode.isRow(kinds.found(event)) && !kinds.passes(event);
        if (!trigger.test(event) && !otherRow) {
            return new Problem(ProblemCode.TRIGGER_NOT_MATCHED, "The trigger does not match.");
        }
        if (!kinds.passes(event)) {
            String found = kinds.found(event);
            return new Problem(
                    rows() ? ProblemCode.SYNC_MODE_NOT_MATCHED : ProblemCode.COMPUTATION_CLASS_NOT_MATCHED,
                    "The " + kinds.name() + " must be " + String.join(" or ", kinds.wanted()) + ", found "
                            + (found == null ? "none" : Found.inWords(TextNode.valueOf(found))) + ".");
        }
        return null;
    }

    private ObjectNode trigger(JsonNode event) {
        ObjectNode explained = JsonNodeFactory.instance.objectNode();
        explained.put(Names.EXPRESSION, mapping.events().trigger()).put(Names.MATCHED, trigger.test(event));
        ArrayNode each = explained.putArray(Names.COMPARISONS);
        for (Fql.Comparison comparison : comparisons) {
            each.addObject()
                    .put(Names.EXPRESSION, comparison.text())
                    .<ObjectNode>setAll(Found.object(comparison.found(event)))
                    .put(Names.MATCHED, comparison.test().test(event));
        }
        return explained;
    }

    private ObjectNode kind(JsonNode event) {
        ObjectNode explained = Found.object(kinds.kind().in(event));
        ArrayNode wanted = explained.putArray(Names.WANTED);
        kinds.wanted().forEach(wanted::add);
        return explained.put(Names.MATCHED, kinds.passes(event));
    }

    private ObjectNode fields(JsonNode event) {
        EventSelection events = mapping.events();
        AudienceFields audience = mapping.audience();
        PersonFields person = mapping.person();
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        add(fields, "segment_audience_id", audience.id(), event);
        add(fields, "segment_audience_key", audience.key(), event);
        add(fields, "context_kind", audience.contextKind(), event);
        if (rows()) {
            add(fields, "sync_mode", TextNode.valueOf(events.syncMode().toString()));
        } else {
            add(fields, "segment_computation_action", events.computationAction(), event);
        }
        if (severalMembers()) {
            add(fields, "members", TextNode.valueOf(person.members().toString()));
        }
        add(fields, "segment_user_id", person.userId(), event);
        add(fields, "segment_anonymous_id", person.anonymousId(), event);
        add(fields, "user_email", person.email(), event);
        add(fields, "context_key", TextNode.valueOf(person.contextKey().toString()));
        if (!rows()) {
            addTraitsOrProps(fields, event);
        }
        add(fields, "audience_action", mapping.membership().action(), event);
        if (mapping.eventTime() != MappingValue.NONE) {
            add(fields, "event_time", mapping.eventTime(), event);
        }
        add(fields, "enable_batching", BooleanNode.valueOf(mapping.batching()));
        return fields;
    }

    private void add(ObjectNode fields, String field, MappingValue value, JsonNode event) {
        add(fields, field, value.in(event), value.from(event));
    }

    private void add(ObjectNode fields, String field, JsonNode setting) {
        add(fields, field, setting, "the setting");
    }

    private void addTraitsOrProps(ObjectNode fields, JsonNode event) {
        String audienceKey = mapping.audience().keyIn(event);
        MappingValue field = TraitsOrProps.of(mapping.membership(), audienceKey);
        JsonNode holder = field.in(event);
        add(fields, TRAITS_OR_PROPS, holder, field.from(event));
        ObjectNode shown = fields.withObjectProperty(TRAITS_OR_PROPS);
        if (holder == null) {
            shown.put(Names.FOUND, "nothing: no object that has the audience key");
        } else if (holder.isObject() && audienceKey != null) {
            shown.put(
                    Names.FOUND, "an object with " + Found.inWords(holder.get(audienceKey)) + " under " + audienceKey);
        }
    }

    private void add(ObjectNode fields, String field, JsonNode value, String from) {
        fields.set(
                field,
                Found.object(value)
                        .put(Names.FROM, from)
                        .put(Names.CONFIGURED, ownFields.contains(field) ? "own" : "default"));
    }

    private void addRequests(ObjectNode explained, List<MembershipChange> changes) {
        try {
            recallStates.recall(changes);
        } catch (StatesUnavailableException e) {
            // The change would stay with its source until states can be looked up; this shows what is known here.
        }
        ArrayNode superseded = JsonNodeFactory.instance.arrayNode();
        ArrayNode requests = JsonNodeFactory.instance.arrayNode();
        Set<List<Object>> own = changes.stream()
                .map(change -> List.<Object>of(change.stateKey(), change.eventTime()))
                .collect(Collectors.toSet());
        for (Batch batch : batches.dryRun(changes)) {
            for (Member member : batch.members()) {
                MembershipChange newest = member.newest();
                if (!own.contains(List.<Object>of(newest.stateKey(), newest.eventTime()))) {
                    superseded
                            .addObject()
                            .put("userId", newest.contextKey())
                            .put(Names.VALUE, newest.member())
                            .put(
                                    Names.EVENT_TIME,
                                    Instant.ofEpochMilli(newest.eventTime()).toString());
                }
            }
        }
        ArrayNode repeats = JsonNodeFactory.instance.arrayNode();
        List<MembershipChange> sent = new ArrayList<>();
        for (MembershipChange change : changes) {
            if (settleRepeats.isRepeat(change)) {
                repeats.add(change.contextKey());
            } else {
                sent.add(change);
            }
        }
        batches.dryRun(sent).forEach(batch -> requests.add(request(request.preview(batch))));
        if (!superseded.isEmpty()) {
            explained.set(Names.SUPERSEDED, superseded);
        }
        if (!repeats.isEmpty()) {
            explained.set(Names.REPEATS, repeats);
        }
        explained.put(Names.DESTINATION, mapping.destination());
        explained.put(Names.ENVIRONMENT_ID, environmentId);
        if (sandboxed) {
            explained.put(Names.SANDBOX, true);
        }
        explained.set(Names.REQUESTS, requests);
    }

    private static ObjectNode request(RequestPreview preview) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        shown.put(Names.METHOD, preview.method()).put(Names.URL, preview.url());
        ObjectNode headers = shown.putObject(Names.HEADERS);
        preview.headers().forEach(headers::put);
        try {
            shown.set(Names.BODY, JSON.readTree(preview.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it has just been written
        }
        return shown;
    }

    private boolean rows() {
        return mapping.events().preset() == MappingPreset.REVERSE_ETL;
    }

    private boolean severalMembers() {
        return mapping.person().members() != MemberLists.NONE;
    }
}
