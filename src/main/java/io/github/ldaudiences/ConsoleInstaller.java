package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.console.ConsoleApi;
import io.github.ldaudiences.console.ConsoleExplain;
import io.github.ldaudiences.console.ConsoleGuard;
import io.github.ldaudiences.console.DeadLetterPages;
import io.github.ldaudiences.console.DeadLetterReplay;
import io.github.ldaudiences.console.EventRate;
import io.github.ldaudiences.console.MappingSwitch;
import io.github.ldaudiences.console.SandboxSegments;
import io.github.ldaudiences.console.StatusDocument;
import io.github.ldaudiences.console.StatusSources;
import io.github.ldaudiences.deadletter.LetterSearch;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.auth.Authenticate;
import io.github.ldaudiences.inbound.http.auth.SenderSecrets;
import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.sandbox.Sandbox;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the console to Camel Main's management server once the server listens. Other runtimes have no such server, and
 * so no console.
 */
final class ConsoleInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(Audiences.class);

    /** More would take longer than users wait for a page. */
    private static final int MAX_REPLAYED = 1000;

    private final Installation installation;
    private final SecretFilesInstaller secretFiles;

    ConsoleInstaller(Installation installation, SecretFilesInstaller secretFiles) {
        this.installation = installation;
        this.secretFiles = secretFiles;
    }

    private boolean isOn() {
        return installation.settings().get(Catalogue.CONSOLE).equals("on");
    }

    /**
     * @param sources the data that the status is made from
     * @param explain explains events
     * @param sandbox the embedded sandbox, or null
     * @param refused counts the requests that are answered with an error
     */
    void install(StatusSources sources, ConsoleExplain explain, Sandbox sandbox, RefusedRequests refused) {
        if (!isOn() || !MainServers.areThere(installation.context())) {
            return;
        }
        EventRate rate = new EventRate(() -> sources.counts().events().values().stream()
                .mapToLong(Long::longValue)
                .sum());
        StatusDocument status = new StatusDocument(
                installation.context(),
                sources,
                rate,
                Audiences.class.getPackage().getImplementationVersion());
        DeadLetterPages letters = new DeadLetterPages(
                installation.context(),
                new LetterSearch(sources.deadLetterFile(), sources.mappings()),
                sources.mappings());
        ConsoleApi api = new ConsoleApi()
                .with("GET", "status", status)
                .with("GET", "dead-letters", letters::page)
                .with("GET", "dead-letters/summary", letters::summary)
                .with("POST", "dead-letters/replay", replay(letters))
                .with("GET", "dead-letters/*", letters::letter)
                .with("POST", "mappings/*", action(new MappingSwitch(installation.context(), sources.mappings())))
                .with("POST", "explain", explain);
        if (sandbox != null) {
            api.with("GET", "sandbox", new SandboxSegments(installation.context(), sandbox));
        }
        Authenticate authenticate = new Authenticate(this::secrets, () -> {}); // ConsoleServer counts every error
        secretFiles.whenChanged(Catalogue.HTTP_BASIC_CREDENTIALS.key(), authenticate::secretsChanged);
        secretFiles.whenChanged(Catalogue.HTTP_BEARER_TOKENS.key(), authenticate::secretsChanged);
        try {
            installation.context().addStartupListener(new StartupListener() {
                @Override
                public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
                    // The management server may not listen yet.
                }

                @Override
                public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
                    serve(authenticate, api, refused, rate);
                }
            });
        } catch (Exception e) {
            throw new IllegalStateException(e); // only a listener that is called immediately can fail
        }
    }

    /** Segment's signatures and write keys authenticate events. Users of the console do not have them. */
    private SenderSecrets secrets() {
        Settings settings = installation.settings();
        return new SenderSecrets(
                List.of(),
                settings.get(Catalogue.HTTP_BASIC_CREDENTIALS),
                settings.get(Catalogue.HTTP_BEARER_TOKENS),
                List.of());
    }

    private ConsoleApi.Resource replay(DeadLetterPages letters) {
        return action(new DeadLetterReplay(
                letters,
                installation.context().createProducerTemplate(),
                Math.min(MAX_REPLAYED, installation.intValue(Catalogue.HTTP_MAX_EVENTS)),
                installation.settings().get(Catalogue.HTTP_MAX_BODY_BYTES)));
    }

    private ConsoleApi.Resource action(ConsoleApi.Resource resource) {
        return installation.settings().get(Catalogue.CONSOLE_ACTIONS).equals("on")
                ? resource
                : (request, id) -> {
                    throw new RefusedRequestException(
                            ProblemCode.FORBIDDEN,
                            "The console is read-only. To allow actions, set " + Catalogue.CONSOLE_ACTIONS.key()
                                    + "=on.");
                };
    }

    private void serve(Authenticate authenticate, ConsoleApi api, RefusedRequests refused, EventRate rate) {
        CamelContext context = installation.context();
        String url = MainServers.managementUrl(context);
        if (url == null) {
            return;
        }
        Settings settings = installation.settings();
        boolean loopback = HttpInstaller.isLoopback(MainServers.managementHost(context));
        if (!loopback && authenticate.schemes().isEmpty()) {
            LOG.info(
                    "Console:     off, because the management server listens on an address other than loopback,"
                            + " and neither {} nor {} is set",
                    Catalogue.HTTP_BASIC_CREDENTIALS.key(),
                    Catalogue.HTTP_BEARER_TOKENS.key());
            return;
        }
        MainServers.serveConsole(
                context,
                new ConsoleGuard(context, authenticate, loopback),
                api,
                refused,
                rate,
                settings.get(Catalogue.HTTP_MAX_BODY_BYTES));
        LOG.info("Console:     {}/console/", url);
    }
}
