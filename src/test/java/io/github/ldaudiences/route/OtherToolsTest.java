package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Recipe;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Events of other tools, by the properties that docs/recipes.md has and nothing else: all of them in one process, beside
 * Segment's.
 */
@Tag("mapping")
class OtherToolsTest {

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        Stream<Recipe> tools = Stream.of(
                        "Amplitude cohorts",
                        "Hightouch",
                        "Census",
                        "Tealium AudienceStream",
                        "mParticle audiences",
                        "Plain rows")
                .map(Recipe::under);
        String debezium = "A table of members, by Debezium";
        Stream<Recipe> changes = Stream.of(
                Recipe.under(debezium, 1, 2).only("audiences.mapping.audience-members."), Recipe.under(debezium, 2, 2));
        bundle = RunningBundle.start(Stream.concat(tools, changes)
                .flatMap(recipe -> Stream.of(recipe.properties()))
                .toArray(String[]::new));
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @ParameterizedTest(name = "{0}: {4} in {1}, {5} no longer")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            amplitude-cohorts   | 7khm89cz      | 2 | 0 | 1001,1003                    | 1002
            hightouch-rows      | vip_customers | 4 | 0 | 1002                         | 1001
            census-records      | active_users  | 3 | 0 | 1002                         | 1001
            tealium-audiences   | acme_main_101 | 3 | 0 | 0189a2f4c7b1001e2d3c4b5a6978 | 1001
            mparticle-audiences | mparticle_456 | 1 | 1 | 1001,1002                    | ``
            mparticle-audiences | mparticle_654 | 1 | 1 | ``                           | 1001
            plain-rows          | early_access  | 3 | 0 | 1002                         | 1001
            """)
    void theExampleOfARecipeIsDelivered(
            String example, String audience, int delivered, int skipped, String members, String formerMembers)
            throws IOException {
        Reply reply = bundle.post(Files.readString(Path.of("examples", example + ".ndjson")), "application/x-ndjson");

        assertThat(reply.json().path("rejections")).isEmpty();
        assertThat(reply.count("delivered")).isEqualTo(delivered);
        assertThat(reply.count("skipped")).isEqualTo(skipped);
        assertThat(bundle.included(audience)).containsExactlyInAnyOrderElementsOf(keys(members));
        assertThat(bundle.excluded(audience)).containsExactlyInAnyOrderElementsOf(keys(formerMembers));
    }

    @Test
    void segmentsNamesOfAudiencesAreMadeOfTheirs() throws IOException {
        theExampleOfARecipeIsDelivered("amplitude-cohorts", "7khm89cz", 2, 0, "1001,1003", "1002");
        theExampleOfARecipeIsDelivered("plain-rows", "early_access", 3, 0, "1002", "1001");
        assertThat(bundle.sandbox().segments().path("segments").findValuesAsText("cohortName"))
                .contains("Power users", "Early access");
        // Only an attribute of a member has changed.
        assertThat(bundle.segmentIds()).doesNotContain("mparticle_789");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            amplitude-cohorts   | `"1002"`        | `{"a":1}`   | users[1]: segment_user_id: expected text, found an object.
            amplitude-cohorts   | `{"user_id":"1002"}` | `17`   | users[1]: context_key: user_id_only found nothing that could be the context key.
            amplitude-cohorts   | `true`          | `"perhaps"` | users[0]: audience_action: expected ADD, REMOVE, SKIP, true or false, found perhaps. users[1]:
            amplitude-cohorts   | `:[{"user_id":"1001"},{"user_id":"1002"},{"user_id":"1003"}]` | `:"1001"` | users: expected an array, found "1001".
            hightouch-rows      | `"added"`       | `"archived"` | audience_action: expected ADD, REMOVE, SKIP, true or false, found archived.
            census-records      | `"1002"`        | `null`      | context_key: user_id_only found nothing that could be the context key.
            tealium-audiences   | `"acme_main_101"` | `[]`      | segment_audience_id: expected text, found an array of 0.
            mparticle-audiences | `"delete"`      | `"archive"` | user_profiles[0].audiences[2]: audience_action: expected ADD, REMOVE, SKIP, true or false, found archive.
            mparticle-audiences | `"type":"customer","encoding":"raw","value":"1002"` | `"type":"customer","encoding":"md5","value":"x"` | user_profiles[1].audiences[0]: context_key: user_id_only found nothing that could be the context key.
            plain-rows          | `"member":true` | `"member":"maybe"` | audience_action: expected ADD, REMOVE, SKIP, true or false, found maybe.
            plain-rows          | `"member":true,` | ``         | audience_action: found nothing. traits_or_props: expected true or false under early_access, found no such field.
            """)
    void whatCannotBeUsedIsRejectedWithTheReasonAndItsNeighboursAreDelivered(
            String example, String part, String instead, String reason) throws IOException {
        String line =
                Files.readAllLines(Path.of("examples", example + ".ndjson")).get(0);
        assertThat(line).contains(part);
        String neighbour = AudienceEvent.identify("aud_beside", "vip", true)
                .user(example + reason.hashCode())
                .toString();

        Reply reply = bundle.post(line.replace(part, instead) + "\n" + neighbour, "application/x-ndjson");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("rejections").findValuesAsText("reason"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith(reason);
        assertThat(bundle.included("aud_beside")).contains(example + reason.hashCode());
    }

    @Test
    void oneBadMemberOfAListLosesNoneOfTheOthers() throws IOException {
        ObjectNode event = (ObjectNode) new ObjectMapper()
                .readTree(Files.readAllLines(Path.of("examples", "amplitude-cohorts.ndjson"))
                        .get(0));
        event.put("cohort_id", "mixed")
                .withArray("users")
                .insert(1, 17)
                .insertObject(3)
                .putArray("user_id");

        Reply reply = bundle.post(array(event, AudienceEvent.entered("beside")));

        // One event for its sender and its receipt, however many people it lists.
        assertThat(reply.count("received")).isEqualTo(2);
        assertThat(reply.count("rejected")).isEqualTo(1);
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(reply.reason(0))
                .isEqualTo("users[1]: context_key: user_id_only found nothing that could be the context key."
                        + " users[3]: segment_user_id: expected text, found an array of 0.");
        assertThat(bundle.included("mixed")).containsExactlyInAnyOrder("1001", "1002", "1003");
    }

    @Test
    void aColumnOfATableSaysWhoIsAMember() {
        bundle.post(array(
                change("c", "null", "{\"user_id\":1,\"audience\":\"flagged\",\"active\":true}"),
                change("c", "null", "{\"user_id\":2,\"audience\":\"flagged\",\"active\":true}"),
                change("c", "null", "{\"user_id\":3,\"audience\":\"flagged\",\"active\":false}")));
        bundle.post(array(
                change("u", "null", "{\"user_id\":1,\"audience\":\"flagged\",\"active\":false}"),
                change("d", "{\"user_id\":2,\"audience\":\"flagged\",\"active\":null}", "null")));
        assertThat(bundle.included("flagged")).isEmpty();
        assertThat(bundle.excluded("flagged")).containsExactlyInAnyOrder("1", "2", "3");
    }

    private static String change(String op, String before, String after) {
        return "{\"before\":" + before + ",\"after\":" + after + ",\"source\":{\"ts_ms\":1772447400000},\"op\":\"" + op
                + "\"}";
    }

    @Test
    void anOlderBatchThatArrivesLateUndoesNothing() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("examples", "amplitude-cohorts.ndjson"));
        for (int i : new int[] {0, 1, 0}) {
            bundle.post(lines.get(i).replace("7khm89cz", "late"));
        }
        assertThat(bundle.excluded("late")).containsExactly("1002");
    }

    private static List<String> keys(String keys) {
        return keys.isEmpty() ? List.of() : List.of(keys.split(","));
    }
}
