package io.github.ldaudiences.benchmark;

import io.github.ldaudiences.fixture.BundleProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The bundle as its own process, and what it takes of the machine. */
final class Bundle implements AutoCloseable {

    private final BundleProcess process;
    private final double startSeconds;

    /**
     * @param heap value of {@code -Xmx}
     * @param launchDarkly where requests go
     * @param properties set on top of the shipped ones
     */
    Bundle(String heap, String launchDarkly, Map<String, String> properties) throws InterruptedException {
        process = BundleProcess.in("benchmark")
                .jvm("-Xmx" + heap, "-XX:+UseSerialGC")
                .properties(properties)
                .launchDarkly(launchDarkly, "benchmark-token", "benchmark");
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

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port() + "/v1/events")
                    .toURL()
                    .openConnection();
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write("{\"type\":\"page\"}".getBytes(StandardCharsets.UTF_8));
            return connection.getResponseCode() == 200;
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
    }
}
