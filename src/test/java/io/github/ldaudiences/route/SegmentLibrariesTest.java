package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.ldaudiences.fixture.ChildJvm;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The libraries of Segment, RudderStack and Jitsu send to the bundle from processes of their own, as the documentation
 * says how. The tests of libraries for Node are skipped where Node 20 or npm is missing, because a build needs only a JDK
 * and Maven.
 */
@Tag("http")
class SegmentLibrariesTest {

    private static final String KEY = "aWriteKeyOfThisTest0123456789";

    /** In the form that Jitsu's library requires. */
    private static final String JITSU_KEY = "keyOfJitsu:secretOfThisTest0123456789";

    private static final String OTHER_KEY = "another:WriteKey0123456789";
    private static final Path NODE = Path.of("target", "node-libraries");

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.segment-api", "on", "audiences.inbound.http.write-keys", KEY + "," + JITSU_KEY);
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void segmentsLibraryForJavaDeliversUnlessItsKeyIsAnother() {
        double before = bundle.unauthorizedRequests();
        assertThat(ChildJvm.run(Map.of("ENDPOINT", url(), "WRITE_KEY", KEY), List.of(), SegmentJavaLibrary.class)
                        .lines())
                .containsExactlyInAnyOrder(
                        "success identify",
                        "success track",
                        "success page",
                        "success screen",
                        "success group",
                        "success alias",
                        "failure page");
        assertDelivered("aud_java");
        assertThat(bundle.unauthorizedRequests()).isEqualTo(before + 1);
    }

    @Test
    void segmentsLibraryForNodeDeliversUnlessItsKeyIsAnother() throws Exception {
        installNodeLibraries();
        // The library sends each event with a request of its own, beside the others.
        assertThat(run("node", "segment.mjs", url(), KEY))
                .containsExactlyInAnyOrder("identify undefined", "track undefined", "page undefined");
        assertDelivered("aud_node");
        assertThat(run("node", "segment.mjs", url(), OTHER_KEY)).contains("identify [401] Unauthorized");
    }

    @Test
    void rudderStacksLibraryForNodeDeliversUnlessItsKeyIsAnother() throws Exception {
        installNodeLibraries();
        assertThat(run("node", "rudderstack.mjs", url(), KEY))
                .containsExactly("identify undefined", "track undefined", "page undefined");
        assertDelivered("aud_rudderstack");
        assertThat(run("node", "rudderstack.mjs", url(), OTHER_KEY))
                .contains("identify Request failed with status code 401");
    }

    @Test
    void jitsusLibraryForNodeDeliversUnlessItsKeyIsAnother() throws Exception {
        installNodeLibraries();
        assertThat(run("node", "jitsu.mjs", url(), JITSU_KEY)).containsExactly("done");
        assertDelivered("aud_jitsu_s2s");
        assertDelivered("aud_jitsu");
        assertThat(String.join(" ", run("node", "jitsu.mjs", url(), OTHER_KEY)))
                .contains("/api/s/s2s/identify failed with error: 401", "/api/s/identify failed with error: 401");
    }

    private static void assertDelivered(String audience) {
        assertThat(bundle.included(audience)).containsExactly("u1");
        assertThat(bundle.excluded(audience)).containsExactly("u2");
    }

    private static String url() {
        return "http://127.0.0.1:" + bundle.port();
    }

    /** Installs the libraries from npm's registry, unless an earlier run has. */
    private static void installNodeLibraries() throws IOException {
        Files.createDirectories(NODE);
        for (String file : List.of("package.json", "segment.mjs", "rudderstack.mjs", "jitsu.mjs")) {
            Files.copy(
                    Path.of("src", "test", "resources", "node-libraries", file),
                    NODE.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> version = runIfThere("node", "--version");
        assumeTrue(!version.isEmpty(), "There is no Node.");
        assumeTrue(
                Integer.parseInt(version.get(0).replaceFirst("v(\\d+).*", "$1")) >= 20,
                "Segment's library needs Node 20, and here is " + version.get(0) + ".");
        if (!areInstalled()) {
            List<String> output = runIfThere(
                    "npm",
                    "install",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--no-package-lock",
                    // RudderStack's queue in Redis is optional; Jitsu's types for TypeScript are a peer.
                    "--omit=optional",
                    "--omit=peer",
                    "--fetch-retries=0",
                    "--fetch-timeout=20000");
            assumeTrue(areInstalled(), "npm could not install the libraries: " + output);
        }
    }

    private static boolean areInstalled() {
        return Stream.of("@segment/analytics-node", "@rudderstack/rudder-sdk-node", "@jitsu/js")
                .allMatch(library -> Files.exists(
                        NODE.resolve("node_modules").resolve(library).resolve("package.json")));
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

    /** Runs a command in the folder of the libraries, and returns what it says. */
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
