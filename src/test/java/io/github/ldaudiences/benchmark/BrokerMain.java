package io.github.ldaudiences.benchmark;

import io.github.ldaudiences.fixture.KafkaBroker;

/**
 * A Kafka broker as a process of its own, for the benchmark and to try the bundle with:
 * {@code mvn test-compile exec:exec@kafka}. It keeps its data as long as it runs.
 */
public final class BrokerMain {

    private BrokerMain() {}

    /**
     * @param args port, topic, number of partitions
     * @throws InterruptedException if something interrupts the wait for the end of the process
     */
    public static void main(String[] args) throws InterruptedException {
        String topic = args[1];
        KafkaBroker broker = KafkaBroker.start(Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        if (!broker.topics().contains(topic)) {
            broker.createTopic(topic, Integer.parseInt(args[2]));
        }
        System.out.println("Kafka is at " + broker.bootstrapServers() + ", topic " + topic);
        Thread.currentThread().join();
    }
}
