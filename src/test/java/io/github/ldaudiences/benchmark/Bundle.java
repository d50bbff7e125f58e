package io.github.ldaudiences.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The bundle as its own process, with the shipped routes and properties. */
final class Bundle implements AutoCloseable {

    private final Process process;
    private final int port;
    private final double startSeconds;

    /**
     * @param heap value of {@code -Xmx}
     * @param launchDarkly where requests go
     * @param properties set on top of the shipped ones
     */
    Bundle(String heap, String launchDarkly, Map<String, String> properties) throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path jar;
        try (var files = Files.list(Path.of("target"))) {
            jar = files.filter(file -> file.getFileName().toString().matches("launchdarkly-audiences-camel-.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Run mvn package first."));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap, "-XX:+UseSerialGC"));
        if (System.getProperty("bundle.jvm") != null) {
            command.addAll(List.of(System.getProperty("bundle.jvm").split(" ")));
        }
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File("target/benchmark-bundle.log"));
        builder.environment()
                .putAll(Map.of(
                        "HTTP_PORT", Integer.toString(port),
                        "MANAGEMENT_PORT", "0",
                        "LAUNCHDARKLY_API_URL", launchDarkly,
                        "LAUNCHDARKLY_SERVICE_TOKEN", "benchmark-token",
                        "LAUNCHDARKLY_CLIENT_SIDE_ID", "benchmark"));
        long start = System.nanoTime();
        process = builder.start();
        while (!answers()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("The bundle ended; see target/benchmark-bundle.log");
            }
            Thread.sleep(10);
        }
        startSeconds = (System.nanoTime() - start) / 1e9;
    }

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/v1/events")
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
        return port;
    }

    /** @return from the start of the process to its first 200 */
    double startSeconds() {
        return startSeconds;
    }

    /** @return CPU time used so far */
    double cpuSeconds() {
        return process.toHandle().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    long residentMegabytes() throws IOException {
        return status("VmRSS:") / 1024;
    }

    long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
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
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
