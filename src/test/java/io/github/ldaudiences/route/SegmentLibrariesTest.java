package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.AliasMessage;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Segment's own libraries send to the bundle, as the documentation says how. */
class SegmentLibrariesTest {

    private static final String KEY = "aWriteKeyOfThisTest0123456789";
    private static final Path NODE = Path.of("target", "segment-node");

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.segment-api", "on", "audiences.inbound.http.write-keys", KEY);
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void theLibraryForJavaDelivers() {
        ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
        Analytics analytics = javaLibrary(KEY, sent);
        Map<String, Object> context = Map.of(
                "personas",
                Map.of(
                        "computation_class", "audience",
                        "computation_id", "aud_java",
                        "computation_key", "vip_customers"));
        analytics.enqueue(IdentifyMessage.builder()
                .userId("u1")
                .traits(Map.of("vip_customers", true))
                .context(context));
        analytics.enqueue(TrackMessage.builder("Audience Exited")
                .userId("u2")
                .properties(Map.of("audience_key", "vip_customers", "vip_customers", false))
                .context(context));
        analytics.enqueue(PageMessage.builder("Home").userId("u3"));
        analytics.enqueue(ScreenMessage.builder("Home").userId("u3"));
        analytics.enqueue(GroupMessage.builder("g1").userId("u3"));
        analytics.enqueue(AliasMessage.builder("u0").userId("u3"));
        analytics.flush();
        await().untilAsserted(() -> assertThat(sent)
                .containsExactlyInAnyOrder(
                        "success identify",
                        "success track",
                        "success page",
                        "success screen",
                        "success group",
                        "success alias"));
        analytics.shutdown();
        assertThat(bundle.included("aud_java")).containsExactly("u1");
        assertThat(bundle.excluded("aud_java")).containsExactly("u2");
    }

    @Test
    void theLibraryForJavaIsRefusedWithAnotherKey() {
        ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
        double before = bundle.unauthorizedRequests();
        Analytics analytics = javaLibrary("anotherWriteKey0123456789", sent);
        analytics.enqueue(PageMessage.builder("Home").userId("u1"));
        analytics.flush();
        await().untilAsserted(() -> assertThat(sent).containsExactly("failure page"));
        analytics.shutdown();
        assertThat(bundle.unauthorizedRequests()).isEqualTo(before + 1);
    }

    private static Analytics javaLibrary(String key, ConcurrentLinkedQueue<String> sent) {
        return Analytics.builder(key)
                .endpoint("http://127.0.0.1:" + bundle.port())
                .callback(new Callback() {
                    @Override
                    public void success(Message message) {
                        sent.add("success " + message.type());
                    }

                    @Override
                    public void failure(Message message, Throwable throwable) {
                        sent.add("failure " + message.type());
                    }
                })
                .build();
    }

    @Test
    void theLibraryForNodeDelivers() throws Exception {
        installNodeLibrary();
        assertThat(run("node", "send.mjs", "http://127.0.0.1:" + bundle.port(), KEY))
                .contains("identify undefined", "track undefined", "page undefined");
        assertThat(bundle.included("aud_node")).containsExactly("u1");
        assertThat(bundle.excluded("aud_node")).containsExactly("u2");
        assertThat(run("node", "send.mjs", "http://127.0.0.1:" + bundle.port(), "anotherWriteKey0123456789"))
                .anySatisfy(line -> assertThat(line).contains("[401]"));
    }

    private static void installNodeLibrary() throws IOException {
        Path sources = Path.of("src", "test", "resources", "segment-node");
        Files.createDirectories(NODE);
        for (String file : List.of("package.json", "send.mjs")) {
            Files.copy(sources.resolve(file), NODE.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> version = runIfThere("node", "--version");
        assumeTrue(!version.isEmpty(), "There is no Node.");
        assumeTrue(
                Integer.parseInt(version.get(0).replaceFirst("v(\\d+).*", "$1")) >= 20,
                "The library needs Node 20, and here is " + version.get(0) + ".");
        if (!Files.exists(NODE.resolve("node_modules/@segment/analytics-node/package.json"))) {
            List<String> output = runIfThere(
                    "npm",
                    "install",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--no-package-lock",
                    "--fetch-retries=0",
                    "--fetch-timeout=20000");
            assumeTrue(
                    Files.exists(NODE.resolve("node_modules/@segment/analytics-node/package.json")),
                    "npm could not install the library: " + output);
        }
    }

    private static List<String> runIfThere(String... command) {
        try {
            return run(command);
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command in the folder of the library, and returns what it says. */
    private static List<String> run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(NODE, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(NODE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(output));
        Files.delete(output);
        return lines;
    }
}
