package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.sandbox.Sandbox;
import io.github.ldaudiences.secret.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Determines where events go: to LaunchDarkly environments or to the embedded sandbox. */
final class DestinationsInstaller {

    private final Installation installation;
    private final Sandbox sandbox; // null if events go to LaunchDarkly
    private final List<Destination> destinations;

    /** Starts the sandbox if it is needed, after checking that the ports of all servers are free. */
    DestinationsInstaller(Installation installation) {
        this.installation = installation;
        Destinations configured = new Destinations(installation.settings());
        List<PortCheck.Listener> listeners =
                new ArrayList<>(HttpInstaller.listeners(installation.settings(), configured.sandboxed()));
        listeners.addAll(MainServers.listeners(installation.context()));
        PortCheck.check(listeners);
        if (configured.sandboxed()) {
            Secret token = new Secret("sandbox-" + UUID.randomUUID());
            sandbox = start(token, configured);
            destinations = configured.ofSandbox(sandbox.url(), token);
        } else {
            sandbox = null;
            destinations = configured.ofLaunchDarkly();
        }
        // The sandbox's own route is started only if this is not empty.
        installation
                .context()
                .getPropertiesComponent()
                .addInitialProperty("audiences.sandbox.url", sandbox == null ? "" : sandbox.url());
    }

    private Sandbox start(Secret token, Destinations configured) {
        int port = installation.intValue(Catalogue.SANDBOX_PORT);
        try {
            return new Sandbox(port, token.reveal(), configured.sandboxEnvironments());
        } catch (IOException e) {
            throw new ConfigurationException(PortCheck.problem(
                    new PortCheck.Listener("127.0.0.1", port, Catalogue.SANDBOX_PORT.key()), e.getMessage()));
        }
    }

    List<Destination> destinations() {
        return destinations;
    }

    /** @return the sandbox, or null if events go to LaunchDarkly */
    Sandbox sandbox() {
        return sandbox;
    }

    boolean sandboxed() {
        return sandbox != null;
    }
}
