package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is said to become of an event is what becomes of it: each event is explained, then posted, and the requests that
 * arrive, the counts, and the reasons in answer and dead letter are compared with what had been said.
 */
@Tag("observe")
class ExplainedAsDeliveredTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Each has a context kind of its own, so that no two mappings share a request. */
    private static final String[] MAPPINGS = {
        "sync-engage-audience.computation-classes", "audience,journey_step",
        "email.context-kind", "email",
        "email.context-key", "email_only",
        "any.context-kind", "any",
        "any.context-key", "user_id_then_email_then_anonymousId",
        "any.enable-batching", "false",
        "traits.context-kind", "traits",
        "traits.traits-or-props", "$.traits",
        "traits.trigger", "contains(event, \"Audience\") or !match(userId, \"u*\")",
        "action.context-kind", "action",
        "action.audience-action", "$.properties.action",
        "hosted.context-kind", "hosted",
        "hosted.membership", "segment",
        "kind.context-kind", "$.traits.kind",
        "kind.trigger", "type = \"identify\" and traits.kind != null",
        "lists.preset", "rudderstack-audience-list",
        "lists.segment-audience-id", "listed",
        "lists.segment-audience-key", "listed_people",
        "lists.context-kind", "listed",
        "core.membership", "segment-core",
        "core.computation-classes", "audience,journey_step",
        "core.context-kind", "core",
        "core.trigger", "context.personas.computation_key = \"vip\"",
        "rows.preset", "reverse-etl",
        "rows.sync-mode", "mirror",
        "rows.segment-audience-id", "{\"@template\":\"rows-{{properties.tier}}\"}",
        "rows.segment-audience-key", "$.properties.tier",
        "rows.context-kind", "row",
        "new-rows.preset", "reverse-etl",
        "new-rows.sync-mode", "add",
        "new-rows.trigger", "type = \"track\"",
        "new-rows.segment-audience-id", "new_rows",
        "new-rows.segment-audience-key", "new_rows",
        "new-rows.segment-user-id", "$.properties.id",
        "new-rows.context-kind", "new",
        "cohorts.trigger", "$.cohort.id != null",
        "cohorts.members", "$.cohort.groups[*].people[*]",
        "cohorts.segment-computation-action", "audience",
        "cohorts.segment-audience-id", "$.cohort.id",
        "cohorts.segment-audience-key", "{\"@template\":\"{{cohort.id}}_{{cohort.groups.name}}\"}",
        "cohorts.segment-user-id", "$.cohort.groups.people.ids[?@.type=='user'].id",
        "cohorts.audience-action",
                "{\"@table\":{\"value\":{\"@path\":\"$.cohort.groups.people.state\"},"
                        + "\"entries\":{\"in\":\"ADD\",\"out\":\"REMOVE\",\"-\":\"SKIP\"}}}",
        "cohorts.event-time", "$.cohort.groups.people.at",
        "cohorts.context-kind", "person",
        "off.enabled", "false",
        "off.context-kind", "off"
    };

    /** What is found where an event has text or an identifier. */
    private static final String[] TEXTS = {
        "\"u1\"",
        "\"u2\"",
        "\"jörg ключ \\\"q\\\"\"",
        "12345678901234567890",
        "1e3",
        "true",
        "[\"u3\"]",
        "null",
        "\"\"",
        "{\"a\":1}",
        "[]",
        "[1,2]",
        "[{}]",
        "\"" + "x".repeat(501) + "\""
    };

    /** What is found under an audience key. */
    private static final String[] MEMBERSHIPS = {
        "true",
        "false",
        "\"true\"",
        "\"false\"",
        "\"TRUE\"",
        "\" true\"",
        "\"yes\"",
        "\"\"",
        "1",
        "0",
        "1e-400",
        "[]",
        "[true]",
        "{}",
        "null",
        "\"" + "y".repeat(100) + "\""
    };

    private static final String[] TIMES = {
        "\"2026-01-01T00:00:00.000Z\"", "\"2026-01-01T00:00:01.000Z\"", "\"2025-12-31T23:59:59Z\"",
        "\"9999-01-01T00:00:00.000Z\"", "\"yesterday\"", "17"
    };

    private static final String[] LISTS = {
        "{\"add\":[{\"identifier\":\"a1\"},{\"identifier\":2}],\"remove\":[{\"identifier\":\"a1\"}]}",
        "{\"add\":[{\"identifier\":\"a1\"},{},17],\"remove\":[{\"identifier\":\"r1\"}]}",
        "{\"add\":[],\"remove\":null}",
        "{\"add\":\"a1\"}",
        "[]",
        "null"
    };

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private int deadLettersBefore;

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void whatIsSaidOfAnEventIsWhatBecomesOfIt() throws IOException {
        List<String> properties =
                new ArrayList<>(List.of("audiences.explain", "on", "audiences.batch.max-wait-ms", "5"));
        for (int i = 0; i < MAPPINGS.length; i += 2) {
            properties.add("audiences.mapping." + MAPPINGS[i]);
            properties.add(MAPPINGS[i + 1]);
        }
        TreeSet<String> outcomes = new TreeSet<>();
        TreeSet<String> reasons = new TreeSet<>();
        int superseded = 0;
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, properties.toArray(String[]::new))) {
            for (String event : events()) {
                JsonNode said = compare(bundle, event);
                outcomes.add(said.path("outcome").asText());
                said.findValuesAsText("reason").forEach(reason -> reasons.add(reason.replaceFirst("[:.].*", "")));
                superseded += said.findValues("superseded").size();
            }
        }
        // The comparison has been put to the test by events of every kind.
        assertThat(outcomes).containsExactly("delivered", "rejected", "skipped");
        assertThat(reasons)
                .contains(
                        "segment_audience_id",
                        "segment_audience_key",
                        "context_kind",
                        "context_key",
                        "segment_user_id",
                        "segment_anonymous_id",
                        "user_email",
                        "traits_or_props",
                        "audience_action",
                        "properties",
                        "The mapping is off",
                        "type",
                        "cohort",
                        "The event of sync mode add must be new, found \"updated\"",
                        "The trigger does not match");
        assertThat(superseded).isPositive();
    }

    private static String problem(JsonNode said) {
        return said.path("code").asText() + ": " + said.path("reason").asText();
    }

    private JsonNode compare(RunningBundle bundle, String event) {
        JsonNode said = bundle.send(bundle.request("/v1/explain", "application/json")
                        .POST(BodyPublishers.ofString(event))
                        .build())
                .json()
                .at("/events/0");
        int requestsBefore = launchDarkly.requests().size();

        Reply reply = bundle.post(event);

        assertThat(reply.count(said.path("outcome").asText())).as(event).isEqualTo(1);
        List<String> rejections = new ArrayList<>();
        List<String> requests = new ArrayList<>();
        for (JsonNode mapping : said.path("mappings")) {
            if (mapping.path("outcome").asText().equals("rejected")) {
                rejections.add(problem(mapping));
            }
            mapping.path("requests").forEach(request -> requests.add(request.toString()));
        }
        assertThat(reply.json().path("rejections"))
                .extracting(ExplainedAsDeliveredTest::problem)
                .as(event)
                .containsExactlyInAnyOrderElementsOf(rejections);
        List<JsonNode> deadLetters = bundle.deadLettersAfter(deadLettersBefore);
        deadLettersBefore += deadLetters.size();
        assertThat(deadLetters)
                .extracting(ExplainedAsDeliveredTest::problem)
                .as(event)
                .containsExactlyInAnyOrderElementsOf(rejections);
        assertThat(launchDarkly.requests().stream().skip(requestsBefore).map(this::asShown))
                .as(event)
                .containsExactlyInAnyOrderElementsOf(requests);
        return said;
    }

    private String asShown(LaunchDarklyStub.Request arrived) {
        var shown =
                JSON.createObjectNode().put("method", arrived.method()).put("url", launchDarkly.url() + arrived.path());
        var headers = shown.putObject("headers");
        for (String header : List.of("Authorization", "LD-API-Version", "Content-Type", "User-Agent")) {
            headers.put(header, arrived.headers().getFirst(header).replace(LaunchDarklyStub.TOKEN, "******"));
        }
        shown.set("body", arrived.json());
        return shown.toString();
    }

    private static List<String> events() throws IOException {
        List<String> events = new ArrayList<>(Files.readAllLines(Path.of("examples", "events.ndjson")));
        for (String text : TEXTS) {
            for (String field : List.of("userId", "anonymousId")) {
                events.add(event("identify", "\"" + field + "\":" + text, "\"vip\":true", "", ""));
            }
            events.add(event("identify", "\"userId\":\"u1\"", "\"vip\":true,\"email\":" + text, "", ""));
            events.add(event("identify", "\"userId\":\"u1\"", "\"vip\":true,\"kind\":" + text, "", ""));
            events.add(event("track", "\"userId\":\"u1\"", "", "\"vip\":false,\"action\":" + text, ""));
            events.add(event("track", "\"userId\":\"u1\"", "", "\"vip\":true", ",\"computation_id\":" + text));
            events.add(event("track", "\"userId\":\"u1\"", "", "\"vip\":true", ",\"computation_key\":" + text));
            events.add(event("track", "\"userId\":\"u1\"", "", "\"vip\":true", ",\"computation_class\":" + text));
        }
        for (String kind : List.of("kind", "multi", "a b", "a/b", "größe", "device-1")) {
            events.add(event("identify", "\"userId\":\"u1\"", "\"vip\":true,\"kind\":\"" + kind + "\"", "", ""));
        }
        for (String action : List.of("ADD", "REMOVE", "add", "DELETE")) {
            events.add(event("track", "\"userId\":\"u1\"", "", "\"action\":\"" + action + "\"", ""));
        }
        for (String membership : MEMBERSHIPS) {
            events.add(event("identify", "\"userId\":\"u1\"", "\"vip\":" + membership, "", ""));
            events.add(event("track", "\"userId\":\"u1\"", "", "\"vip\":" + membership, ""));
        }
        for (String holder : List.of("null", "[]", "\"text\"", "17", "{}")) {
            events.add(
                    "{\"type\":\"identify\",\"userId\":\"u1\",\"traits\":" + holder + ",\"properties\":" + holder + ","
                            + "\"context\":{\"personas\":{\"computation_class\":\"audience\",\"computation_id\":\"aud\","
                            + "\"computation_key\":\"vip\"}}}");
        }
        for (String list : LISTS) {
            events.add("{\"type\":\"audiencelist\",\"properties\":{\"listData\":" + list + "}}");
        }
        for (String text : TEXTS) {
            events.add(row("\"new\"", text, "\"gold\""));
        }
        for (String name : List.of("\"updated\"", "\"deleted\"", "\"New\"", "17", "{}", "null")) {
            events.add(row(name, "\"u1\"", "\"gold\""));
        }
        events.add(row("\"deleted\"", "\"u1\"", "[{}]"));
        for (String text : TEXTS) {
            events.add(cohort("{\"name\":\"a\",\"people\":[" + person("\"p1\"", "\"in\"", "1767225600") + ","
                    + person(text, "\"out\"", "1767225600000") + "]}"));
            events.add(cohort("{\"name\":\"a\",\"people\":[" + person("\"p2\"", text, "1767225601") + "]}"));
        }
        for (String groups : List.of(
                "{\"people\":[" + person("\"p1\"", "\"-\"", "0") + "]}",
                "{\"people\":[" + person("\"p1\"", "\"out\"", "\"2020-01-01T00:00:00Z\"") + "]},17,{\"people\":{}}",
                "{\"people\":[7,null,{\"ids\":[]},[]]}",
                "{\"people\":[" + (person("{}", "\"in\"", "null") + ",").repeat(12) + "1]}",
                "{}")) {
            events.add(cohort(groups));
        }
        events.add("{\"cohort\":{\"id\":\"c1\",\"groups\":null}}");
        events.add(event("group", "\"userId\":\"u1\"", "\"vip\":true", "", ""));
        events.add(event("track", "\"userId\":\"u1\"", "", "", ",\"computation_class\":\"journey_step\""));
        events.add("{\"type\":\"identify\",\"context\":null}");
        events.add("{\"type\":\"page\"}");
        events.add("{}");
        Random random = new Random(4711);
        Stream.generate(() -> anyEvent(random)).limit(150).forEach(events::add);
        return events;
    }

    private static String anyEvent(Random random) {
        String membership = "\"vip\":" + any(random, MEMBERSHIPS);
        boolean identify = random.nextBoolean();
        String time = random.nextInt(4) == 0 ? "" : ",\"timestamp\":" + any(random, TIMES);
        return event(
                identify ? "identify" : "track",
                "\"event\":\"Audience Entered\",\"userId\":" + any(random, TEXTS) + ",\"anonymousId\":"
                        + any(random, TEXTS) + time,
                (identify ? membership + "," : "") + "\"email\":" + any(random, TEXTS),
                identify ? "" : membership,
                "");
    }

    private static String any(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }

    private static String cohort(String groups) {
        return "{\"cohort\":{\"id\":\"c1\",\"groups\":[" + groups + "]}}";
    }

    private static String person(String id, String state, String at) {
        return "{\"ids\":[{\"type\":\"mail\",\"id\":1},{\"type\":\"user\",\"id\":" + id + "}],\"state\":" + state
                + ",\"at\":" + at + "}";
    }

    private static String row(String name, String userId, String tier) {
        return "{\"type\":\"track\",\"event\":" + name + ",\"userId\":" + userId
                + ",\"properties\":{\"id\":\"u9\",\"tier\":" + tier + "}}";
    }

    /** Of two fields of the same name in JSON, the last counts. */
    private static String event(String type, String identifiers, String traits, String properties, String personas) {
        return "{\"type\":\"" + type + "\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"," + identifiers + ","
                + "\"context\":{\"personas\":{\"computation_class\":\"audience\",\"computation_id\":\"aud\","
                + "\"computation_key\":\"vip\"" + personas + "}},\"traits\":{" + traits + "},\"properties\":{"
                + properties
                + "}}";
    }
}
