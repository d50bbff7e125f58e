package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small HTTP service on loopback in LaunchDarkly's place: it accepts the requests that LaunchDarkly accepts, rejects
 * those that it rejects, keeps the memberships, and simulates faults on request.
 *
 * <ul>
 *   <li>{@code POST /api/v2/segment-targets/segment-audiences}: as in LaunchDarkly
 *   <li>{@code GET /api/v2/versions}, {@code HEAD /sdk/goals/{client-side ID}}: the two credential checks
 *   <li>{@code GET /api/v2/projects/sandbox/environments/{client-side ID}}, {@code GET
 *       /api/v2/segments/sandbox/{client-side ID}}, {@code …/{segment key}}, {@code …/contexts/{context key}}: its
 *       contents, in LaunchDarkly's form; below {@code /sandbox} also without a token
 *   <li>{@code GET /sandbox/segments}, {@code GET /sandbox/segments/{cohortId}}: contents; {@code DELETE} clears them
 *   <li>{@code GET}, {@code POST}, {@code DELETE /sandbox/faults}: see {@link Fault}
 *   <li>{@code POST}, {@code DELETE /sandbox/rate-limit}: see {@link RateLimitSetting}
 *   <li>{@code GET /sandbox/stats}: the number of requests received
 * </ul>
 */
public final class Sandbox implements AutoCloseable {

    /** The sandbox's environment if none is configured. */
    public static final String DEFAULT_CLIENT_SIDE_ID = "test-client-id";

    /** The key of the project of its environments. */
    public static final String PROJECT = "sandbox";

    private final HttpServer server;
    private final ExecutorService threads;
    private final Segments segments = new Segments();
    private final Faults faults = new Faults();
    private final LaunchDarklyRequests launchDarkly;
    private final ControlRequests control;

    /**
     * Starts a sandbox.
     *
     * @param port loopback port; 0 for a free one
     * @param serviceToken the only token that it accepts
     * @param environments client-side IDs of its environments
     * @throws IOException if the port is not available
     */
    public Sandbox(int port, String serviceToken, Set<String> environments) throws IOException {
        launchDarkly = new LaunchDarklyRequests(serviceToken, Set.copyOf(environments), segments, faults);
        control = new ControlRequests(segments, faults, launchDarkly);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "launchdarkly-sandbox");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** @return scheme, host and port */
    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    /** @param fault a fault to simulate from now on */
    public void add(Fault fault) {
        faults.add(fault);
    }

    /** Clears all faults. */
    public void clearFaults() {
        faults.clear();
    }

    /** @param setting the rate limit from now on, or null for none */
    public void limit(RateLimitSetting setting) {
        launchDarkly.limit(setting);
    }

    /** @return the answer to {@code GET /sandbox/segments} */
    public ObjectNode segments() {
        return segments.all();
    }

    /** Clears all segments, as if someone had deleted them. */
    public void clearSegments() {
        segments.clear();
    }

    /**
     * @param part a part of context keys; empty for all
     * @param most the maximum number of context keys to list for each segment
     * @return the segments with such a context key, whatever their size
     */
    public ObjectNode segments(String part, int most) {
        return segments.some(part, most);
    }

    /** @return the answer to {@code GET /sandbox/stats} */
    public ObjectNode stats() {
        return launchDarkly.stats();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange http) throws IOException {
        try {
            String path = http.getRequestURI().getPath();
            if (path.startsWith(ControlRequests.PREFIX)) {
                control.handle(http, path);
            } else {
                launchDarkly.handle(http, path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            http.close();
        }
    }
}
