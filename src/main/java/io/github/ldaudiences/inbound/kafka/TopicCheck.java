package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks Kafka's brokers whether they know the topics of an endpoint. It joins no consumer group and reads no records.
 */
public final class TopicCheck {

    private final KafkaConfiguration endpoint;
    private final Map<String, Object> configured;
    private final Duration timeout;

    /**
     * @param endpoint the endpoint's configuration
     * @param configured properties of Kafka's own clients, which override those of the endpoint
     * @param timeout how long to wait for the brokers
     */
    public TopicCheck(KafkaConfiguration endpoint, Map<String, Object> configured, Duration timeout) {
        this.endpoint = endpoint;
        this.configured = configured;
        this.timeout = timeout;
    }

    /** @return why the topics could not be read, in a sentence without secrets; null if they could */
    public String problem() {
        String brokers = "The Kafka brokers " + endpoint.getBrokers();
        try (Admin admin = Admin.create(properties())) {
            return endpoint.isTopicIsPattern() ? noneMatches(brokers, admin) : missing(admin);
        } catch (ExecutionException e) {
            return sentence(brokers, e.getCause());
        } catch (KafkaException e) {
            return sentence(brokers, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return brokers + " were not checked.";
        }
    }

    private Properties properties() {
        Properties consumer = new ConfiguredClientFactory(configured)
                .withConfigured(endpoint.createConsumerProperties(), ConsumerConfig.configNames());
        Properties properties = new Properties();
        consumer.forEach((name, value) -> {
            if (value != null && AdminClientConfig.configNames().contains(name.toString())) {
                properties.put(name, value);
            }
        });
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoint.getBrokers());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()));
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()));
        return properties;
    }

    private String missing(Admin admin) throws ExecutionException, InterruptedException {
        List<String> topics = List.of(endpoint.getTopic().split(","));
        for (String topic : topics) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    return "The Kafka brokers " + endpoint.getBrokers() + " have no topic " + topic
                            + ". Create it, or name another: audiences.inbound.kafka.topic.";
                }
                throw e;
            }
        }
        return null;
    }

    private String noneMatches(String brokers, Admin admin) throws ExecutionException, InterruptedException {
        Set<String> topics = admin.listTopics().names().get();
        return topics.stream().anyMatch(Pattern.compile(endpoint.getTopic()).asMatchPredicate())
                ? null
                : brokers + " have no topic that matches " + endpoint.getTopic()
                        + ". Create one, or name others: audiences.inbound.kafka.topic.";
    }

    private static String sentence(String brokers, Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = ": " + Secret.maskIn(String.valueOf(root.getMessage()));
        if (e instanceof TimeoutException) {
            return brokers + " do not answer" + why
                    + " Check audiences.kafka.brokers and audiences.kafka.security-protocol.";
        }
        if (e instanceof AuthenticationException) {
            return brokers + " do not accept the connection" + why
                    + " Check audiences.kafka.sasl-… and audiences.kafka.ssl-….";
        }
        if (e instanceof AuthorizationException) {
            return brokers + " do not allow access to the topic" + why;
        }
        return brokers + " cannot be checked" + why;
    }
}
