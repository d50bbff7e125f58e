package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RudderStack's audience lists, beside Segment's events. */
@Tag("mapping")
class AudienceListTest {

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.mapping.lists.preset", "rudderstack-audience-list",
                "audiences.mapping.lists.segment-audience-id", "rs_audience",
                "audiences.mapping.lists.segment-audience-key", "big_spenders",
                "audiences.mapping.lists.context-kind", "account");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void whoIsOnAListEntersOrLeavesTheConfiguredAudience() {
        Reply reply = bundle.post(list("{\"add\":[{\"identifier\":\"a1\"},{\"identifier\":\"a2\"},{\"identifier\":3}],"
                + "\"remove\":[{\"identifier\":\"r1\"}]}"));
        assertThat(reply.json().toString())
                .isEqualTo("{\"received\":1,\"delivered\":1,\"skipped\":0,\"rejected\":0,\"rejections\":[]}");
        assertThat(bundle.included("rs_audience")).contains("a1", "a2", "3");
        assertThat(bundle.excluded("rs_audience")).contains("r1");
        assertThat(bundle.sandbox().segments().path("segments").findValuesAsText("cohortName"))
                .contains("Big spenders");
        assertThat(bundle.sandbox().segments().path("segments").findValuesAsText("contextKind"))
                .contains("account");
    }

    @Test
    void listsAndAudienceEventsGoToTheirOwnMappings() {
        Reply reply = bundle.post(array(
                list("{\"add\":[{\"identifier\":\"x1\"}]}"),
                AudienceEvent.identify("aud_beside", "vip", true).user("u1")));
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(bundle.included("aud_beside")).containsExactly("u1");
        assertThat(bundle.included("rs_audience")).contains("x1");
    }

    @Test
    void anEntryThatCannotBeUsedCostsTheOthersNothing() {
        Reply reply = bundle.post(list("{\"add\":[{\"identifier\":\"good1\"},{},{\"identifier\":{}},17,null],"
                + "\"remove\":[{\"identifier\":\"good2\"}]}"));
        assertThat(reply.count("rejected")).isEqualTo(1);
        assertThat(reply.reason(0))
                .isEqualTo(
                        "properties.listData.add[1]: context_key: user_id_only found nothing that could be the context"
                                + " key. properties.listData.add[2]: segment_user_id: expected text, found an object."
                                + " properties.listData.add[3]: context_key: user_id_only found nothing that could be the context"
                                + " key. properties.listData.add[4]: context_key: user_id_only found nothing that could be the"
                                + " context key.");
        assertThat(bundle.included("rs_audience")).contains("good1");
        assertThat(bundle.excluded("rs_audience")).contains("good2");
    }

    @Test
    void whoIsOnBothListsIsRemoved() {
        bundle.post(list("{\"remove\":[{\"identifier\":\"both\"}],\"add\":[{\"identifier\":\"both\"}]}"));
        assertThat(bundle.excluded("rs_audience")).contains("both");
    }

    @Test
    void anOlderListDoesNotUndoANewerOne() {
        bundle.post(at("2026-01-02T00:00:00.000Z", "{\"add\":[{\"identifier\":\"late\"}]}"));
        bundle.post(at("2026-01-01T00:00:00.000Z", "{\"remove\":[{\"identifier\":\"late\"}]}"));
        assertThat(bundle.included("rs_audience")).contains("late");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "null                | properties.listData: expected an object, found null.",
                "\"a1\"              | properties.listData: expected an object, found \"a1\".",
                "[]                  | properties.listData: expected an object, found an array of 0.",
                "{\"add\":\"a1\"}    | properties.listData.add: expected an array, found \"a1\".",
                "{\"remove\":{}}     | properties.listData.remove: expected an array, found an object.",
            })
    void aListOfAnotherFormIsRejectedWithTheReason(String listData, String reason) {
        Reply reply = bundle.post(array(list(listData), list("{\"add\":[{\"identifier\":\"neighbour\"}]}")));
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(reply.reason(0)).isEqualTo(reason);
    }

    @Test
    void emptyListsAreNothingToDo() {
        assertThat(bundle.post(list("{\"add\":[],\"remove\":null}")).count("skipped"))
                .isEqualTo(1);
    }

    private static String list(String listData) {
        return at("2026-01-01T00:00:00.000Z", listData);
    }

    private static String at(String time, String listData) {
        return "{\"type\":\"audiencelist\",\"messageId\":\"m\",\"timestamp\":\"" + time
                + "\",\"properties\":{\"listData\":" + listData + "}}";
    }
}
