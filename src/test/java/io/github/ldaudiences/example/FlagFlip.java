package io.github.ldaudiences.example;

import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.server.Components;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
import com.launchdarkly.sdk.server.integrations.FileData;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Shows how an audience event changes the value of a feature flag: {@code mvn -q test-compile exec:exec@flag-flip}; see
 * {@code examples/flag-flip/README.md}.
 */
public final class FlagFlip {

    private static final Path FOLDER = Path.of("examples/flag-flip");

    /** Credentials that the environment may hold are not used. */
    private static final String[] ALONE = {
        "audiences.destination.launchdarkly.service-token", "",
        "audiences.destination.launchdarkly.client-side-id", "",
        "audiences.destination.launchdarkly.api-url", "",
        "audiences.destination.launchdarkly.sdk-url", "",
        "audiences.inbound.http.host", "127.0.0.1"
    };

    private final PrintStream out;

    private FlagFlip(PrintStream out) {
        this.out = out;
    }

    /**
     * Prints each step to the standard output.
     *
     * @param args nothing
     * @throws IOException if a file of the example cannot be read
     */
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    /**
     * Runs the example from its start to its end.
     *
     * @param out where each step is said
     * @throws IOException if a file of the example cannot be read
     */
    public static void run(PrintStream out) throws IOException {
        try (RunningBundle bundle = RunningBundle.start(ALONE);
                LDClient launchDarkly = offline(bundle.port())) {
            new FlagFlip(out).steps(bundle, launchDarkly);
        }
    }

    private static LDClient offline(int port) {
        SandboxMemberships memberships =
                new SandboxMemberships(URI.create("http://127.0.0.1:" + port + "/sandbox/segments"));
        LDConfig config = new LDConfig.Builder()
                .dataSource(FileData.dataSource().filePaths(FOLDER.resolve("flags.json")))
                .bigSegments(Components.bigSegments(context -> memberships).userCacheTime(Duration.ZERO))
                .events(Components.noEvents())
                .build();
        return new LDClient("no-key-is-needed", config);
    }

    private void steps(RunningBundle bundle, LDClient launchDarkly) throws IOException {
        out.println(
                "The bundle runs, with a sandbox in LaunchDarkly's place. LaunchDarkly's SDK for Java runs with the flag"
                        + " of flags.json.");
        sayFlag(launchDarkly);
        out.println();
        out.println("Segment says that ada.lindqvist enters the audience aud_vip: POST /v1/events with enters.json");
        send(bundle, "enters.json");
        sayFlag(launchDarkly);
        out.println();
        out.println("Segment says that ada.lindqvist leaves it: POST /v1/events with leaves.json");
        send(bundle, "leaves.json");
        sayFlag(launchDarkly);
    }

    /** The bundle answers when LaunchDarkly, here the sandbox, has the event. */
    private void send(RunningBundle bundle, String file) throws IOException {
        Reply reply = bundle.post(Files.readString(FOLDER.resolve(file)));
        out.println(reply.status() + " " + reply.response().body());
    }

    private void sayFlag(LDClient launchDarkly) {
        out.println("vip-banner is " + flag(launchDarkly, "ada.lindqvist") + " for ada.lindqvist and "
                + flag(launchDarkly, "bruno.okafor") + " for bruno.okafor.");
    }

    private static boolean flag(LDClient launchDarkly, String contextKey) {
        return launchDarkly.boolVariation("vip-banner", LDContext.create(contextKey), false);
    }
}
