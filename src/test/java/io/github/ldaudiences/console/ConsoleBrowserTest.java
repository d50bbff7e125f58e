package io.github.ldaudiences.console;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Browser;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The console in a real browser, beside a bundle with its sandbox. */
@Tag("browser")
@Tag("observe")
class ConsoleBrowserTest {

    private static final String HOSTILE =
            "</script><script>alert(1)</script><img src=x onerror=\"window.hacked=true\"><b>bold</b>";

    private static Browser browser;
    private static RunningBundle bundle;
    private static String console;

    @BeforeAll
    static void startBrowserAndBundle() {
        browser = Browser.start();
        bundle = start("audiences.console.actions", "on");
        console = consoleOf(bundle);
    }

    @AfterAll
    static void stopBrowserAndBundle() {
        if (browser != null) {
            browser.close();
            bundle.close();
        }
    }

    /** Whatever a test does, nothing comes from elsewhere, and neither the page nor the browser has anything to say. */
    @AfterEach
    void nothingIsLoadedFromElsewhereAndNothingIsLogged() {
        assertThat(browser.log()).isEmpty();
        assertThat(browser.run("return performance.getEntriesByType('resource').map(each => new URL(each.name).origin)"
                        + ".filter(origin => origin !== location.origin)"))
                .isEqualTo(List.of());
        assertThat(browser.run("return window.hacked")).isNull();
    }

    @Test
    void theOverviewShowsWhatFlows() {
        open("overview");
        browser.awaitText("#connection", "Live");
        int delivered = shown("Delivered");
        int rejected = shown("Rejected");

        bundle.post(array(entered("u1"), entered("u2"), "{\"type\":\"identify\"}", "17"));

        await().untilAsserted(() -> assertThat(shown("Delivered")).isEqualTo(delivered + 2));
        await().untilAsserted(() -> assertThat(shown("Rejected")).isEqualTo(rejected + 1));
        assertThat(browser.text("#destinations")).contains("launchdarkly", "test-client-id");
        await().untilAsserted(() -> assertThat(browser.find("#graph svg").getAttribute("aria-label"))
                .contains("at most"));
    }

    @Test
    void anEventIsTestedWithTheKeyboardAlone() {
        open("overview");
        browser.tabTo("nav a[href='#mappings']");
        browser.press(Keys.ENTER);
        assertThat(browser.hasFocus("#mappings-title")).isTrue();
        browser.tabTo("#test-event");
        browser.press(entered("ada").toString());
        browser.tabTo("#test [type=submit]");
        browser.press(Keys.ENTER);

        browser.awaitText("#test-result", "Add ada to Vip customers.");
        assertThat(browser.hasFocus("#test-answer"))
                .as("a screen reader reads on from here")
                .isTrue();
        assertThat(browser.text("#test-result"))
                .contains("segment_audience_id", "\"aud_1\"", "\"cohortId\": \"aud_1\"");
        assertThat(bundle.included("aud_1")).as("it is only explained").doesNotContain("ada");
    }

    @Test
    void whatIsNoEventGetsTheErrorOfExplain() {
        open("mappings");
        browser.find("#test-event").sendKeys("{");
        browser.find("#test [type=submit]").click();
        browser.awaitText("#test-result", "The body is not valid JSON");
        // The browser itself logs each answer that is an error.
        assertThat(browser.log()).singleElement().asString().contains("400");
    }

    @Test
    void aHostileEventIsShownAsTextAndDoesNothing() {
        bundle.post(AudienceEvent.identify(HOSTILE, "hostile", true)
                .user("u-hostile")
                .toString());
        AudienceEvent event = entered("u-hostile-2");
        event.json().put("messageId", HOSTILE);
        event.json()
                .withObject("/traits")
                .put("vip_customers", HOSTILE)
                .put("account", new BigInteger("12345678901234567890"));
        bundle.post(event.toString());

        open("dead-letters");
        search("u-hostile-2");
        assertThat(browser.findAll("#letters li")).hasSize(1);
        browser.find("#letters summary").click();
        browser.awaitText("#letters pre", "onerror=\\\"window.hacked=true\\\"><b>bold</b>");
        assertThat(browser.text("#letters pre")).as("numbers keep their digits").contains("12345678901234567890");
        assertThat(browser.text("#letters summary")).contains(HOSTILE);
        assertThat(browser.findAll("#letters img, #letters b, #letters script")).isEmpty();

        open("sandbox");
        browser.awaitText("#segments", HOSTILE);
        assertThat(browser.findAll("#segments img, #segments b, #segments script"))
                .isEmpty();
    }

    @Test
    void lettersAreFoundByWhatTheyHold() {
        bundle.post(rejected("u-wanted").toString());
        bundle.post(rejected("u-other").toString());
        open("dead-letters");
        search("u-wanted");
        assertThat(browser.findAll("#letters li")).hasSize(1);
        search("nobody has this");
        browser.awaitText("#letters-found", "No dead letters found.");
    }

    @Test
    void aReplayAsksFirstAndThenDelivers() {
        bundle.sandbox().add(Fault.status(400, 1));
        assertThat(bundle.post(entered("u-again").toString()).count("rejected")).isEqualTo(1);
        open("dead-letters");
        search("u-again");
        browser.find("#letters input").click();
        browser.find("#replay-chosen").click();
        browser.awaitText("#confirm-what", "1 event will be sent again.");
        assertThat(browser.hasFocus("#confirm-cancel")).isTrue();
        browser.press(Keys.ESCAPE);
        assertThat(browser.find("#confirm").isDisplayed()).isFalse();
        assertThat(browser.find("#replayed").isDisplayed()).isFalse();
        assertThat(bundle.included("aud_1")).doesNotContain("u-again");

        browser.find("#replay-chosen").click();
        browser.find("#confirm-do").click();
        browser.awaitText("#replayed", "1 delivered");
        assertThat(bundle.included("aud_1")).contains("u-again");
    }

    @Test
    void aSwitchStopsAMappingAndStartsItAgain() {
        open("mappings");
        browser.awaitText("#mapping-list", "on");
        browser.find("#mapping-list [role=switch]").click();
        browser.awaitText("#confirm-what", "Its events will be skipped");
        browser.find("#confirm-do").click();
        browser.awaitText("#mapping-list", "stopped");
        assertThat(bundle.post(entered("u-stopped").toString()).count("skipped"))
                .isEqualTo(1);
        browser.find("#mapping-list [role=switch][aria-checked=false]").click();
        await().untilAsserted(() ->
                assertThat(browser.findAll("#mapping-list [aria-checked=true]")).hasSize(1));
        assertThat(bundle.post(entered("u-started").toString()).count("delivered"))
                .isEqualTo(1);
    }

    @Test
    void theSandboxSaysWhoIsInWhichSegment() {
        bundle.post(entered("u-somebody").toString());
        open("sandbox");
        browser.awaitText("#segments", "Vip customers");
        browser.find("#sandbox-member").sendKeys("u-somebody");
        await().untilAsserted(
                        () -> assertThat(browser.findAll("#segments code")).hasSize(1));
        browser.find("#sandbox-member").sendKeys("x");
        browser.awaitText("#no-segments", "No segment knows u-somebodyx.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overview", "mappings", "dead-letters", "sandbox"})
    void onAPhoneNothingIsWiderThanTheScreen(String view) {
        bundle.post(array(entered("u".repeat(200)), rejected("w".repeat(300))));
        open(view);
        browser.resize(360, 740);
        browser.awaitText("#connection", "Live");
        assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(360L);
        browser.run("document.querySelectorAll('details').forEach(each => each.open = true)");
        assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(360L);
        browser.resize(1280, 900);
    }

    @Test
    void itIsDarkForThoseWhoPreferThat() {
        open("overview");
        String background = "return getComputedStyle(document.body).backgroundColor";
        browser.prefer("prefers-color-scheme", "dark");
        assertThat(browser.run(background)).isEqualTo("rgb(17, 21, 26)");
        browser.prefer("prefers-color-scheme", "light");
        assertThat(browser.run(background)).isEqualTo("rgb(244, 245, 247)");
    }

    @Test
    void withoutActionsNothingCanBeDoneAndAStopIsSaid() {
        try (RunningBundle watched = start()) {
            watched.post(rejected("u-kept").toString());
            browser.open(consoleOf(watched) + "#mappings");
            browser.awaitText("#mapping-list", "on");
            assertThat(browser.find("#mapping-list [role=switch]").isEnabled()).isFalse();
            assertThat(browser.text("#switches-off")).contains("audiences.console.actions=on");
            browser.find("a[href='#dead-letters']").click();
            browser.awaitText("#letters", "found");
            browser.find("#letters input").click();
            assertThat(browser.find("#replay-chosen").isEnabled()).isFalse();
            assertThat(post(watched, "api/mappings/sync-engage-audience", "{\"enabled\":false}")
                            .status())
                    .isEqualTo(403);
            assertThat(post(watched, "api/dead-letters/replay", "{\"ids\":[]}").status())
                    .isEqualTo(403);
            assertThat(browser.log()).isEmpty();
        }
        browser.awaitText("#connection", "No answer");
        browser.awaitText("#trouble", "The bundle does not answer");
        assertThat(browser.log()).isNotEmpty(); // one for each request that got no answer
    }

    @Test
    void whereCallersAreAuthenticatedATokenIsAskedForAndKeptForTheTab() {
        try (RunningBundle guarded = start(
                "camel.management.host", "0.0.0.0",
                "audiences.inbound.http.bearer-tokens", "0123456789abcdef")) {
            browser.open(consoleOf(guarded));
            browser.awaitText("#log-in-title", "Log in");
            browser.press("a-wrong-token-it-is" + Keys.ENTER);
            browser.awaitText("#log-in-trouble", "This token is not valid.");
            browser.press("0123456789abcdef" + Keys.ENTER);
            browser.awaitText("#connection", "Live");
            browser.run("location.reload()");
            browser.awaitText("#destinations", "launchdarkly");
            assertThat(browser.find("#log-in").isDisplayed()).isFalse();
            assertThat(browser.log()).isNotEmpty().allSatisfy(line -> assertThat(line)
                    .contains("401"));
        }
    }

    private static RunningBundle start(String... properties) {
        String port = Integer.toString(FreePort.find());
        // Letters are searched in a folder whose files the bundle names.
        String folder = "file:target/dead-letter/console-" + port;
        List<String> all = new ArrayList<>(List.of("camel.management.port", port, "audiences.dead-letter.uri", folder));
        all.addAll(List.of(properties));
        return RunningBundle.start(all.toArray(String[]::new));
    }

    private static String consoleOf(RunningBundle bundle) {
        return "http://127.0.0.1:" + bundle.context().resolvePropertyPlaceholders("{{camel.management.port}}")
                + "/console/";
    }

    private static Reply post(RunningBundle bundle, String path, String body) {
        return bundle.send(HttpRequest.newBuilder(URI.create(consoleOf(bundle) + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static AudienceEvent rejected(String userId) {
        AudienceEvent event = entered(userId);
        event.json().withObject("/traits").put("vip_customers", "perhaps");
        return event;
    }

    private static void open(String view) {
        browser.open(console + "#" + view);
    }

    private static void search(String text) {
        browser.find("#letter-text").clear();
        browser.find("#letter-text").sendKeys(text + Keys.ENTER);
        await().untilAsserted(
                        () -> assertThat(browser.findAll("#letters li").size()).isLessThan(2));
    }

    /** A count of the overview, from its label. */
    private static int shown(String outcome) {
        return browser.findAll("#outcomes > div").stream()
                .filter(figure -> figure.findElement(By.tagName("dt")).getText().equals(outcome))
                .map(figure -> figure.findElement(By.tagName("dd")).getText())
                .mapToInt(text -> Integer.parseInt(text.split(" ")[0].replace(",", "")))
                .findFirst()
                .orElseThrow();
    }
}
