package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.health.ProblemHealth;
import java.util.Set;
import org.apache.camel.ServiceStatus;

/** Is DOWN while a Kafka consumer cannot read, with a sentence that says what to change. */
public final class KafkaInboundHealth extends ProblemHealth {

    private final KafkaInbound inbound;

    /** @param inbound whose consumers are checked */
    public KafkaInboundHealth(KafkaInbound inbound) {
        super("kafka-inbound");
        this.inbound = inbound;
    }

    private boolean isRouteStarted() {
        ServiceStatus status = getCamelContext().getRouteController().getRouteStatus("inbound-kafka");
        return status != null && status.isStarted();
    }

    /** Without it, nothing is read. */
    @Override
    public boolean isReadiness() {
        return true;
    }

    @Override
    protected String problem() {
        Set<String> problems = inbound.problems();
        if (problems.isEmpty()) {
            boolean none = !inbound.hasConsumers() && isRouteStarted();
            return none ? "No events from Kafka: no consumer is running." : null;
        }
        return "No events from Kafka: " + String.join(" ", problems);
    }
}
