package io.github.ldaudiences.config;

import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.LaunchDarklyInstance;
import io.github.ldaudiences.sandbox.Sandbox;
import io.github.ldaudiences.secret.Secret;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Creates the destinations that the settings describe, and decides whether they are in LaunchDarkly or in the sandbox.
 * If there are credentials, the sandbox is never used.
 */
public final class Destinations {

    private final Settings settings;
    private final boolean sandboxed;

    /**
     * @param settings all settings
     * @throws ConfigurationException if credentials are missing or incomplete, or are set together with the sandbox
     */
    public Destinations(Settings settings) {
        this.settings = settings;
        String choice = settings.get(Catalogue.SANDBOX);
        boolean untouched = settings.destinations().stream()
                .noneMatch(id -> hasToken(id) || !clientSideId(id).isEmpty() || hasOwnApiUrl(id));
        this.sandboxed = choice.equals("on") || (choice.equals("auto") && untouched);
        List<String> problems = sandboxed ? sandboxProblems() : credentialProblems();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** @return whether events go to the embedded sandbox */
    public boolean sandboxed() {
        return sandboxed;
    }

    /** @return client-side IDs of the environments that the sandbox must have */
    public Set<String> sandboxEnvironments() {
        Set<String> environments = new LinkedHashSet<>();
        settings.destinations().forEach(id -> environments.add(sandboxEnvironment(id)));
        return environments;
    }

    /** @return the destinations, for LaunchDarkly */
    public List<Destination> ofLaunchDarkly() {
        return settings.destinations().stream()
                .map(id -> new Destination(
                        id,
                        clientSideId(id),
                        () -> settings.get(Catalogue.DESTINATION_SERVICE_TOKEN, id),
                        hasOwnApiUrl(id)
                                ? settings.get(Catalogue.DESTINATION_API_URL, id)
                                : instance(id).apiUrl(),
                        settings.get(Catalogue.DESTINATION_SDK_URL, id).isEmpty()
                                ? instance(id).sdkUrl()
                                : settings.get(Catalogue.DESTINATION_SDK_URL, id)))
                .toList();
    }

    /**
     * @param url where the sandbox listens
     * @param serviceToken the token that it accepts
     * @return the destinations, all in the sandbox
     */
    public List<Destination> ofSandbox(String url, Secret serviceToken) {
        return settings.destinations().stream()
                .map(id -> new Destination(id, sandboxEnvironment(id), () -> serviceToken, url, url))
                .toList();
    }

    private List<String> sandboxProblems() {
        List<String> problems = new ArrayList<>();
        for (String id : settings.destinations()) {
            if (hasToken(id)) {
                problems.add(Catalogue.SANDBOX.key() + "=on is not allowed while "
                        + Catalogue.DESTINATION_SERVICE_TOKEN.key(id)
                        + " is set; allowed is off or auto, or no token.");
            }
        }
        return problems;
    }

    private List<String> credentialProblems() {
        List<String> problems = new ArrayList<>();
        for (String id : settings.destinations()) {
            if (!hasToken(id)) {
                problems.add(Catalogue.DESTINATION_SERVICE_TOKEN.key(id) + " is empty; set a LaunchDarkly service"
                        + " token (environment variable LAUNCHDARKLY_SERVICE_TOKEN). For the embedded sandbox, set"
                        + " audiences.sandbox=on.");
            }
            if (clientSideId(id).isEmpty()) {
                problems.add(Catalogue.DESTINATION_CLIENT_SIDE_ID.key(id) + " is empty; set the client-side ID of"
                        + " a LaunchDarkly environment (environment variable LAUNCHDARKLY_CLIENT_SIDE_ID).");
            }
        }
        return problems;
    }

    private String sandboxEnvironment(String id) {
        return clientSideId(id).isEmpty() ? Sandbox.DEFAULT_CLIENT_SIDE_ID : clientSideId(id);
    }

    private boolean hasToken(String id) {
        return !settings.get(Catalogue.DESTINATION_SERVICE_TOKEN, id).reveal().isEmpty();
    }

    private String clientSideId(String id) {
        return settings.get(Catalogue.DESTINATION_CLIENT_SIDE_ID, id);
    }

    private boolean hasOwnApiUrl(String id) {
        return !settings.get(Catalogue.DESTINATION_API_URL, id).isEmpty();
    }

    private LaunchDarklyInstance instance(String id) {
        return settings.get(Catalogue.DESTINATION_INSTANCE, id);
    }
}
