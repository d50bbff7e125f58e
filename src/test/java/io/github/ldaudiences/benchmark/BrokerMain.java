package io.github.ldaudiences.benchmark;

import io.github.ldaudiences.fixture.KafkaBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Kafka broker as a process of its own, for the benchmark and to try the bundle with:
 * {@code mvn test-compile exec:exec@kafka}. It keeps its data as long as it runs.
 */
public final class BrokerMain {

    private static final Pattern ADDRESS = Pattern.compile("(localhost|127\\.0\\.0\\.1):([1-9]\\d{0,4})");

    private BrokerMain() {}

    /**
     * @param args port, topic, number of partitions; without them, the variables that the bundle takes them from
     * @throws InterruptedException if something interrupts the wait for the end of the process
     */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> variables = System.getenv();
        int port = 0;
        try {
            port = args.length > 0
                    ? Integer.parseInt(args[0])
                    : port(variables.getOrDefault("KAFKA_BROKERS", "localhost:9092"));
            checkFree(port);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        String topic = args.length > 0 ? args[1] : variables.getOrDefault("KAFKA_TOPIC", "audience-events");
        KafkaBroker broker = KafkaBroker.start(port);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        if (!broker.topics().contains(topic)) {
            broker.createTopic(topic, args.length > 0 ? Integer.parseInt(args[2]) : 12);
        }
        System.out.println("Kafka is at " + broker.bootstrapServers() + ", topic " + topic);
        Thread.currentThread().join();
    }

    static int port(String brokers) {
        Matcher address = ADDRESS.matcher(brokers.strip());
        if (!address.matches()) {
            throw new IllegalArgumentException("KAFKA_BROKERS=" + brokers
                    + " is not allowed; this broker listens on loopback: allowed is localhost, a colon and a port.");
        }
        return Integer.parseInt(address.group(2));
    }

    static void checkFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IllegalArgumentException("Nothing can listen on 127.0.0.1:" + port + " (" + e.getMessage()
                    + "). Set another port, for the bundle too: KAFKA_BROKERS=localhost:<port>.");
        }
    }
}
