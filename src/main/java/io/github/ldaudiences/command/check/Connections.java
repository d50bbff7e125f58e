package io.github.ldaudiences.command.check;

import io.github.ldaudiences.ConfigurationCheck;
import io.github.ldaudiences.command.store.ConfiguredStore;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.KafkaTls;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.CredentialQuestions;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.inbound.kafka.TopicCheck;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaConfiguration;

/** Checks, without changing anything, whether the external systems that the bundle needs would accept it. */
final class Connections {

    private static final Duration BROKERS_TIMEOUT = Duration.ofSeconds(5);

    private final CamelContext context;
    private final Settings settings;

    /**
     * @param context a context that need not be started
     * @param settings all settings, which are valid
     */
    Connections(CamelContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    List<Finding> ask() {
        List<Finding> findings = new ArrayList<>();
        Destinations destinations = new Destinations(settings);
        if (destinations.sandboxed()) {
            findings.add(new Finding(
                    "destinations",
                    "Events go to a sandbox in the bundle's own process: no credentials are set.",
                    List.of()));
        } else {
            destinations.ofLaunchDarkly().forEach(destination -> findings.add(credentials(destination)));
        }
        if (settings.get(Catalogue.INBOUND).contains(Inbound.KAFKA)) {
            findings.add(kafka());
        }
        if (!settings.get(Catalogue.STORE).equals("memory")) {
            findings.add(store());
        }
        return findings;
    }

    private Finding credentials(Destination destination) {
        Duration responseTimeout = millis(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS);
        OutboundNetwork network = OutboundTls.networkOf(settings);
        CredentialQuestions questions = new CredentialQuestions(
                new OutboundClient(context, network, 1, responseTimeout),
                millis(Catalogue.DELIVERY_CONNECT_TIMEOUT_MS),
                responseTimeout);
        return new Finding(
                "destination " + destination.id(),
                "LaunchDarkly knows the environment and the service token.",
                questions.problems(destination));
    }

    private Finding kafka() {
        KafkaConfiguration endpoint = ConfigurationCheck.kafka(context, settings, settings.get(Catalogue.KAFKA_URI));
        String problem = new TopicCheck(endpoint, KafkaTls.clientProperties(settings), BROKERS_TIMEOUT).problem();
        return new Finding(
                "kafka",
                "The topic " + endpoint.getTopic() + " exists on the brokers " + endpoint.getBrokers() + ".",
                Stream.ofNullable(problem).toList());
    }

    private Finding store() {
        boolean jdbc = settings.get(Catalogue.STORE).equals("jdbc");
        Path file = Path.of(settings.get(Catalogue.STORE_FILE)).toAbsolutePath();
        if (!jdbc && !Files.exists(file)) {
            return new Finding("store", "The next start will create " + file + ".", folderProblem(file));
        }
        try {
            ConfiguredStore.toRead(settings).close();
            return new Finding("store", "The store can be opened.", List.of());
        } catch (ConfigurationException e) {
            return new Finding("store", null, e.problems());
        }
    }

    /** Missing folders are no problem, because a start creates them. */
    private static List<String> folderProblem(Path file) {
        Path folder = file.getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        return folder != null && Files.isDirectory(folder) && Files.isWritable(folder)
                ? List.of()
                : List.of(Catalogue.STORE_FILE.key() + "=" + file
                        + " cannot be created: the folder " + folder
                        + " is not writable.");
    }

    private Duration millis(Property<Long> property) {
        return Duration.ofMillis(settings.get(property));
    }
}
