package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of Segment's Reverse ETL, beside its audience events. */
@Tag("mapping")
class ReverseEtlTest {

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.explain", "on",
                "audiences.mapping.gold.preset", "reverse-etl",
                "audiences.mapping.gold.sync-mode", "mirror",
                "audiences.mapping.gold.segment-audience-id", "gold_1",
                "audiences.mapping.gold.segment-audience-key", "gold_customers",
                "audiences.mapping.gold.segment-user-id", "$.properties.id",
                "audiences.mapping.first.preset", "reverse-etl",
                "audiences.mapping.first.sync-mode", "add",
                "audiences.mapping.first.segment-audience-id", "first_1",
                "audiences.mapping.first.segment-audience-key", "first",
                "audiences.mapping.first.segment-user-id", "$.properties.id",
                "audiences.mapping.first.context-kind", "first",
                "audiences.mapping.plans.preset", "reverse-etl",
                "audiences.mapping.plans.sync-mode", "upsert",
                "audiences.mapping.plans.trigger", "type = \"track\" and properties.plan != null",
                "audiences.mapping.plans.segment-audience-id", "{\"@template\": \"plan-{{properties.plan}}\"}",
                "audiences.mapping.plans.segment-audience-key", "$.properties.plan",
                "audiences.mapping.plans.segment-user-id", "$.properties.id",
                "audiences.mapping.plans.context-kind", "customer");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void rowsEnterAndLeaveTheAudienceOfTheirMapping() {
        bundle.post(
                array(row("new", "{\"id\":\"r1\"}"), row("new", "{\"id\":\"r2\"}"), row("updated", "{\"id\":\"r3\"}")));
        Reply reply = bundle.post(row("deleted", "{\"id\":\"r2\"}"));
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(bundle.included("gold_1")).contains("r1", "r3").doesNotContain("r2");
        assertThat(bundle.excluded("gold_1")).contains("r2");
        assertThat(bundle.sandbox().segments().path("segments").findValuesAsText("cohortName"))
                .contains("Gold customers");
    }

    @Test
    void theAudienceMayComeFromTheRow() {
        bundle.post(row("new", "{\"id\":\"t1\",\"plan\":\"team\"}"));
        bundle.post(row("deleted", "{\"id\":\"t1\",\"plan\":\"team\"}"));
        assertThat(bundle.included("plan-team")).containsExactly("t1");
        assertThat(bundle.excluded("gold_1")).contains("t1");
    }

    @Test
    void aRowThatCannotBeUsedCostsItsNeighboursNothing() {
        Reply reply = bundle.post(array(
                row("new", "{\"id\":\"n1\"}"),
                row("new", "{\"id\":{\"a\":1}}"),
                row("deleted", "[\"n2\"]"),
                row("new", "{\"id\":\"n3\",\"plan\":{}}"),
                "{\"type\":\"track\",\"event\":{\"new\":true},\"properties\":{\"id\":\"n4\"}}",
                AudienceEvent.identify("aud_beside", "vip", true).user("n5"),
                row("new", "{\"id\":\"n6\"}")));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("rejections").findValuesAsText("reason"))
                .containsExactlyInAnyOrder(
                        "segment_user_id: expected text, found an object.",
                        "segment_user_id: expected text, found an object.",
                        "context_key: user_id_only found nothing that could be the context key.",
                        "segment_audience_key: expected text, found an object.");
        assertThat(reply.count("skipped")).isEqualTo(1);
        assertThat(bundle.included("gold_1")).contains("n1", "n3", "n6");
        assertThat(bundle.included("aud_beside")).containsExactly("n5");
    }

    @Test
    void anEventThatTheModeDoesNotNameIsSkippedWithTheReason() {
        Reply explained = bundle.send(bundle.request("/v1/explain", "application/json")
                .POST(BodyPublishers.ofString(row("deleted", "{\"id\":\"s1\",\"plan\":\"solo\"}")))
                .build());
        assertThat(explained.json().at("/events/0/mappings").toString())
                .contains("The event of sync mode add must be new, found \\\"deleted\\\".")
                .contains("The event of sync mode upsert must be new or updated, found \\\"deleted\\\".")
                .contains("\"syncMode\":{\"value\":\"deleted\",\"wanted\":[\"new\",\"updated\"],\"matched\":false}");
    }

    private static String row(String event, String properties) {
        return "{\"type\":\"track\",\"event\":\"" + event + "\",\"timestamp\":\"2026-03-02T09:00:00.000Z\","
                + "\"properties\":" + properties + "}";
    }
}
