package io.github.ldaudiences.inbound.kafka;

import java.util.Map;
import java.util.Set;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Is DOWN while a Kafka consumer cannot read, with a sentence that says what to change. */
public final class KafkaInboundHealth extends AbstractHealthCheck {

    private final KafkaInbound inbound;

    /** @param inbound whose consumers are checked */
    public KafkaInboundHealth(KafkaInbound inbound) {
        super("audiences", "kafka-inbound");
        this.inbound = inbound;
    }

    private boolean isRouteStarted() {
        ServiceStatus status = getCamelContext().getRouteController().getRouteStatus("inbound-kafka");
        return status != null && status.isStarted();
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Set<String> problems = inbound.problems();
        if (problems.isEmpty() && !inbound.hasConsumers() && isRouteStarted()) {
            builder.message("No events from Kafka: no consumer is running.");
            builder.down();
        } else if (problems.isEmpty()) {
            builder.up();
        } else {
            builder.message("No events from Kafka: " + String.join(" ", problems));
            builder.down();
        }
    }
}
