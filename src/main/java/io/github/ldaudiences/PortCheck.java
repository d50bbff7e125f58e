package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks that servers will be able to listen, before any of them starts. Without this, the servers fail with stack
 * traces that name no port, and Camel Main starts even if its management server fails.
 */
final class PortCheck {

    private PortCheck() {}

    /**
     * Where a server will listen.
     *
     * @param host host name or address
     * @param port port, or 0 for any free port
     * @param keys the properties that set them
     */
    record Listener(String host, int port, String keys) {}

    /**
     * @param listeners where servers of this process will listen; several may be the same
     * @throws ConfigurationException naming each address that cannot be listened on, and its properties
     */
    static void check(List<Listener> listeners) {
        List<String> problems = new ArrayList<>();
        Map<Integer, Listener> checked = new HashMap<>();
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (Listener listener : listeners) {
                Listener before = listener.port() == 0 ? listener : checked.putIfAbsent(listener.port(), listener);
                if (before != null && before.keys().equals(listener.keys())) {
                    continue;
                }
                ServerSocket socket = new ServerSocket();
                // Kept open until all have been tried, to find two servers on one port.
                open.add(socket);
                try {
                    socket.bind(new InetSocketAddress(listener.host(), listener.port()));
                } catch (IOException e) {
                    problems.add(problem(
                            listener, before == null ? e.getMessage() : "the same port is set with " + before.keys()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("No socket could be opened.", e);
        } finally {
            open.forEach(PortCheck::close);
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /**
     * @param listener the address that cannot be listened on
     * @param reason why
     * @return a sentence that says so, and what to change
     */
    static String problem(Listener listener, String reason) {
        return "The bundle cannot listen on " + listener.host()
                + ":" + listener.port()
                + " (" + listener.keys()
                + "): " + reason
                + ". Choose another address or port, or stop the process that listens there.";
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nobody has connected, so nothing can be left open.
        }
    }
}
