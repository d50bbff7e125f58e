package io.github.ldaudiences.benchmark;

import io.github.ldaudiences.fixture.BundleProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The bundle as its own process, and what it takes of the machine. */
final class Bundle implements AutoCloseable {

    private static final boolean PROFILE = Boolean.getBoolean("benchmark.profile");
    private static int recordings;

    private final BundleProcess process;
    private final double startSeconds;
    private final Profile profile = new Profile();
    private double cpuSecondsBefore;

    /**
     * @param heap value of {@code -Xmx}
     * @param launchDarkly where requests go
     * @param properties set on top of the shipped ones
     */
    Bundle(String heap, String launchDarkly, Map<String, String> properties) throws IOException, InterruptedException {
        process = BundleProcess.in("benchmark")
                .jvm("-Xmx" + heap, "-XX:+UseSerialGC")
                .environment("CAMEL_MAIN_PROFILE", "benchmark")
                .launchDarkly(launchDarkly, "benchmark-token", "benchmark");
        // Mappings and destinations begin with a line in a file.
        Properties file = new Properties();
        file.putAll(properties);
        try (OutputStream out = Files.newOutputStream(process.folder().resolve("application-benchmark.properties"))) {
            file.store(out, null);
        }
        if (System.getProperty("bundle.jvm") != null) {
            process.jvm(System.getProperty("bundle.jvm").split(" "));
        }
        long start = System.nanoTime();
        process.start();
        while (!answers()) {
            process.checkAlive();
            Thread.sleep(10);
        }
        startSeconds = (System.nanoTime() - start) / 1e9;
    }

    /**
     * @param keysAndValues properties to set as well
     * @return properties for more than any scenario sends: neither the throttle is measured, nor what repeats save, for
     *     the same bodies are sent again and again
     */
    static Map<String, String> unthrottled(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        properties.put("audiences.delivery.max-requests", "10000");
        properties.put("audiences.delivery.throttle-period-ms", "1000");
        properties.put("audiences.batch.skip-repeats", "false");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port() + "/v1/events")
                    .toURL()
                    .openConnection();
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write("{\"type\":\"page\"}".getBytes(StandardCharsets.UTF_8));
            int status = connection.getResponseCode();
            return status == 200 || status == 401; // 401 where senders must authenticate
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return process.httpPort();
    }

    /** @return from the start of the process to its first 200 */
    double startSeconds() {
        return startSeconds;
    }

    /** Begins a measured part. */
    void beginPart() throws IOException, InterruptedException {
        if (PROFILE) {
            jcmd("JFR.start name=part settings=profile");
        }
        cpuSecondsBefore = cpuSeconds();
    }

    /** @return CPU time since the part began */
    double endPart() throws IOException, InterruptedException {
        double cpu = cpuSeconds() - cpuSecondsBefore;
        if (PROFILE) {
            Path recording = Path.of("target", "benchmark-" + ++recordings + ".jfr");
            jcmd("JFR.stop name=part filename=" + recording.toAbsolutePath());
            profile.add(recording, cpu);
        }
        return cpu;
    }

    /** @return CPU time used so far */
    double cpuSeconds() {
        return process.handle().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    long residentMegabytes() throws IOException {
        return status("VmRSS:") / 1024;
    }

    long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.handle().pid() + "/status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(-1);
    }

    /** @return heap in use after a full collection */
    long liveHeapMegabytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        return jcmd("GC.heap_info")
                        .lines()
                        .filter(line -> line.contains(" used "))
                        .filter(line -> line.contains("generation"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll(".* used (\\d+)K.*", "$1")))
                        .sum()
                / 1024;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        BundleProcess.jdk("jcmd"),
                        Long.toString(process.handle().pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    @Override
    public void close() {
        try (process) {
            process.terminate();
        }
        profile.print();
    }
}
