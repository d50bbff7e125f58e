package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.inbound.http.ApiPaths;
import io.github.ldaudiences.inbound.http.EnqueuedReply;
import io.github.ldaudiences.inbound.http.HttpErrorReply;
import io.github.ldaudiences.inbound.http.HttpReceipt;
import io.github.ldaudiences.inbound.http.OtherRequest;
import io.github.ldaudiences.inbound.http.SegmentCall;
import io.github.ldaudiences.inbound.http.SegmentReply;
import io.github.ldaudiences.inbound.http.auth.Authenticate;
import io.github.ldaudiences.inbound.http.auth.SenderSecrets;
import io.github.ldaudiences.inbound.http.connection.ConnectionLimits;
import io.github.ldaudiences.inbound.http.connection.InboundConnections;
import io.github.ldaudiences.inbound.http.connection.OpenPorts;
import io.github.ldaudiences.inbound.http.connection.ReceivingBytes;
import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import io.github.ldaudiences.inbound.kafka.EventRecords;
import io.github.ldaudiences.inbound.kafka.EventsEnqueued;
import io.github.ldaudiences.problem.ProblemCode;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.http.NettyHttpComponent;
import org.apache.camel.component.netty.http.NettyHttpConfiguration;

/** Sets up what all HTTP routes share: authentication and connection limits. */
final class HttpInstaller {

    private static final String NETTY = "netty-http:";

    /** Host and port of a netty-http consumer. */
    private static final Pattern NETTY_ADDRESS = Pattern.compile("^netty-http:https?://(\\[[^\\]]+]|[^/:?]+):(\\d+)");

    /** The host in the URI of an HTTP endpoint. */
    private static final Pattern URI_HOST = Pattern.compile("https?://(\\[[^\\]]+]|[^/:?]+)");

    private final Installation installation;
    private final CamelContext context;
    private final Settings settings;
    private final ReceivingBytes receiving;
    private final RefusedRequests refused = new RefusedRequests();

    HttpInstaller(Installation installation) {
        this.installation = installation;
        context = installation.context();
        settings = installation.settings();
        // The catch-all route of this port is started only if it is open.
        context.getPropertiesComponent()
                .addInitialProperty(
                        "audiences.inbound.http.port-is-open",
                        Boolean.toString(!pathsOfPort(settings).isEmpty()));
        long maxReceiving = settings.get(Catalogue.HTTP_MAX_RECEIVING_BYTES);
        receiving = new ReceivingBytes(
                settings.get(Catalogue.HTTP_MAX_BODY_BYTES),
                maxReceiving > 0 ? maxReceiving : Runtime.getRuntime().maxMemory() / 8);
    }

    static boolean isOn(Settings settings) {
        return settings.get(Catalogue.INBOUND).contains(Inbound.HTTP);
    }

    /** Whether events are only enqueued to Kafka, from where another process delivers them. */
    static boolean enqueues(Settings settings) {
        return settings.get(Catalogue.HTTP_MODE).equals("enqueue");
    }

    static void check(Rules rules) {
        Settings settings = rules.settings();
        if ((isOn(settings) && !enqueues(settings)) || ReplayInstaller.isNeeded(settings)) {
            rules.less(
                    Catalogue.BATCH_MAX_WAIT_MS,
                    Catalogue.HTTP_REPLY_TIMEOUT_MS,
                    "callers would get no answer before their changes are even sent");
        }
        if (!authenticates(settings) && !settings.get(Catalogue.HTTP_ALLOW_UNAUTHENTICATED)) {
            checkLoopback(rules);
        }
        checkUri(rules);
    }

    private static void checkLoopback(Rules rules) {
        Settings settings = rules.settings();
        String host = settings.get(Catalogue.HTTP_HOST);
        if (isOn(settings) || !pathsOfPort(settings).isEmpty()) {
            checkLoopback(rules, Catalogue.HTTP_HOST.key(), host);
        }
        if (isOn(settings)) {
            Matcher uri = URI_HOST.matcher(settings.get(Catalogue.HTTP_URI));
            String other = uri.find() ? uri.group(1) : "0.0.0.0";
            if (!other.equals(host)) {
                checkLoopback(rules, Catalogue.HTTP_URI.key(), other);
            }
        }
    }

    private static void checkLoopback(Rules rules, String key, String host) {
        if (!isLoopback(host)) {
            rules.refuse(key + " with the host '" + host
                    + "' is not allowed while callers are not authenticated; allowed is a"
                    + " loopback address such as 127.0.0.1, or any address if one of "
                    + Catalogue.HTTP_SIGNATURE_SECRETS.key()
                    + ", " + Catalogue.HTTP_BASIC_CREDENTIALS.key()
                    + ", " + Catalogue.HTTP_BEARER_TOKENS.key()
                    + " and " + Catalogue.HTTP_WRITE_KEYS.key()
                    + " is set, or " + Catalogue.HTTP_ALLOW_UNAUTHENTICATED.key()
                    + "=true.");
        }
    }

    /** Refuses settings that work only with a netty-http endpoint. */
    private static void checkUri(Rules rules) {
        Settings settings = rules.settings();
        String uri = settings.get(Catalogue.HTTP_URI);
        if (!settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty() && isOn(settings) && !uri.startsWith(NETTY)) {
            rules.refuse(Catalogue.HTTP_TLS_KEYSTORE.key() + " has no effect while " + Catalogue.HTTP_URI.key()
                    + " does not begin with netty-http:; set up TLS for that endpoint instead.");
        }
        if (takesSegmentCalls(settings) && !NETTY_ADDRESS.matcher(uri).find()) {
            rules.refuse(Catalogue.HTTP_SEGMENT_API.key() + "=on has no effect while " + Catalogue.HTTP_URI.key()
                    + " does not begin with netty-http:http:// and a host and a port.");
        }
        if (!settings.get(Catalogue.HTTP_WRITE_KEYS).isEmpty()
                && !settings.get(Catalogue.HTTP_SEGMENT_API).equals("on")) {
            rules.refuse(Catalogue.HTTP_WRITE_KEYS.key() + " has no effect while " + Catalogue.HTTP_SEGMENT_API.key()
                    + " is not on.");
        }
    }

    /** @return counts the requests that are answered with an error, the console's included */
    RefusedRequests refused() {
        return refused;
    }

    /** Whether the host can be reached only from this machine. */
    static boolean isLoopback(String host) {
        try {
            return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** @return the bytes of bodies that are being received, on all routes */
    ReceivingBytes receiving() {
        return receiving;
    }

    /** @return the names of the schemes by which senders may authenticate; empty if they need not */
    static List<String> schemes(Settings settings) {
        return new Authenticate(() -> secrets(settings), () -> {}).schemes();
    }

    private static SenderSecrets secrets(Settings settings) {
        return new SenderSecrets(
                settings.get(Catalogue.HTTP_SIGNATURE_SECRETS),
                settings.get(Catalogue.HTTP_BASIC_CREDENTIALS),
                settings.get(Catalogue.HTTP_BEARER_TOKENS),
                settings.get(Catalogue.HTTP_WRITE_KEYS));
    }

    /** Whether the HTTP inbound also serves the paths of Segment's API. */
    static boolean takesSegmentCalls(Settings settings) {
        return isOn(settings) && settings.get(Catalogue.HTTP_SEGMENT_API).equals("on");
    }

    /** Whether senders must authenticate. */
    static boolean authenticates(Settings settings) {
        return !schemes(settings).isEmpty();
    }

    /** @return the paths on the port of the HTTP inbound; empty if there are none, or another consumer has the port */
    static List<String> pathsOfPort(Settings settings) {
        List<String> paths = new ArrayList<>(3);
        String port =
                "netty-http:http://" + settings.get(Catalogue.HTTP_HOST) + ":" + settings.get(Catalogue.HTTP_PORT);
        if (isOn(settings) && settings.get(Catalogue.HTTP_URI).startsWith(port + "/")) {
            paths.add(OtherRequest.path(settings.get(Catalogue.HTTP_URI)));
            if (takesSegmentCalls(settings)) {
                paths.addAll(SegmentCall.paths());
            }
        }
        if (ReplayInstaller.isOn(settings)) {
            paths.add(ApiPaths.REPLAY);
        }
        if (ExplainInstaller.isOn(settings)) {
            paths.add(ApiPaths.EXPLAIN);
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_LOOKUP)
                || MembershipsInstaller.isOn(settings, Catalogue.STORE_FORGET)) {
            paths.add(ApiPaths.MEMBERSHIPS);
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_RESYNC)) {
            paths.add(ApiPaths.RESYNC);
        }
        return paths;
    }

    /** @return the endpoints that are off, by path, each with a sentence that says how to turn it on */
    static Map<String, String> endpointsOff(Settings settings, boolean sandboxed) {
        Map<String, String> off = new HashMap<>();
        if (!isOn(settings)) {
            off.put(
                    ApiPaths.EVENTS,
                    "The HTTP inbound is off. To turn it on, add http to " + Catalogue.INBOUND.key() + ".");
        }
        if (!takesSegmentCalls(settings)) {
            String sentence = "Segment's API is off. To turn it on, set " + Catalogue.HTTP_SEGMENT_API.key()
                    + "=on, with http among " + Catalogue.INBOUND.key() + ".";
            SegmentCall.paths().forEach(path -> off.put(path, sentence));
            off.put(SegmentCall.JITSU_PATH, sentence);
        }
        if (!ReplayInstaller.isOn(settings)) {
            off.put(ApiPaths.REPLAY, "Replay is off. To turn it on, set " + Catalogue.REPLAY.key() + "=on.");
        }
        if (!ExplainInstaller.isOn(settings)) {
            off.put(ApiPaths.EXPLAIN, "Explain is off. To turn it on, set " + Catalogue.EXPLAIN.key() + "=on.");
        }
        if (!MembershipsInstaller.isOn(settings, Catalogue.STORE_LOOKUP)) {
            off.put(ApiPaths.MEMBERSHIPS, "Lookup is off. To turn it on, set " + Catalogue.STORE_LOOKUP.key() + "=on.");
        }
        if (!MembershipsInstaller.isOn(settings, Catalogue.STORE_RESYNC)) {
            off.put(ApiPaths.RESYNC, "Resync is off. To turn it on, set " + Catalogue.STORE_RESYNC.key() + "=on.");
        }
        if (!sandboxed) {
            off.put(
                    "/sandbox",
                    "The sandbox is off. It runs only while no credentials for LaunchDarkly are set, and "
                            + Catalogue.SANDBOX.key() + " is not off.");
        }
        return off;
    }

    /** @return where consumers of the bundle's own routes will listen, without the addresses of other consumers */
    static List<PortCheck.Listener> listeners(Settings settings, boolean sandboxed) {
        List<PortCheck.Listener> listeners = new ArrayList<>(2);
        boolean http = isOn(settings);
        if ((http && sandboxed) || !pathsOfPort(settings).isEmpty()) {
            listeners.add(new PortCheck.Listener(
                    settings.get(Catalogue.HTTP_HOST),
                    Math.toIntExact(settings.get(Catalogue.HTTP_PORT)),
                    Catalogue.HTTP_HOST.key() + ", " + Catalogue.HTTP_PORT.key()));
        }
        Matcher uri = NETTY_ADDRESS.matcher(settings.get(Catalogue.HTTP_URI));
        if (http && uri.find()) {
            String host = uri.group(1);
            int port = Integer.parseInt(uri.group(2));
            boolean same = listeners.stream().anyMatch(other -> other.host().equals(host) && other.port() == port);
            if (!same) {
                listeners.add(new PortCheck.Listener(host, port, Catalogue.HTTP_URI.key()));
            }
        }
        return listeners;
    }

    /**
     * Adds the limits and checks to every connection of netty-http consumers, whatever their URIs.
     *
     * @param tls provides the TLS configuration of a new connection, or null for plain HTTP
     * @param sandboxed whether there is a sandbox, which has a route of its own
     */
    void configureComponent(Supplier<SslContext> tls, boolean sandboxed) {
        boolean http = isOn(settings);
        boolean isNetty = settings.get(Catalogue.HTTP_URI).startsWith(NETTY);
        if (!(http && (isNetty || sandboxed)) && pathsOfPort(settings).isEmpty()) {
            return;
        }
        ConnectionLimits limits = new ConnectionLimits(
                Math.toIntExact(settings.get(Catalogue.HTTP_MAX_CONNECTIONS)),
                Duration.ofMillis(settings.get(Catalogue.HTTP_REQUEST_TIMEOUT_MS)),
                Duration.ofMillis(settings.get(Catalogue.HTTP_IDLE_TIMEOUT_MS)),
                Math.toIntExact(settings.get(Catalogue.HTTP_RETRY_AFTER_SECONDS)));
        NettyHttpConfiguration netty =
                context.getComponent("netty-http", NettyHttpComponent.class).getConfiguration();
        // Consumers of one port share the limits of the consumer that starts first.
        netty.setChunkedMaxContentLength(installation.intValue(Catalogue.HTTP_MAX_BODY_BYTES));
        netty.setBacklog(4096);
        netty.setEncoders(List.of(new InboundConnections(
                limits,
                receiving,
                tls,
                () -> context.getStatus().isStarted(),
                new OpenPorts(context::getRoutes, ports(), authenticates(settings), aliases()),
                refused)));
    }

    /** Maps the paths of Segment's API, and Jitsu's paths for it, to the path of the HTTP inbound. */
    private Map<String, String> aliases() {
        if (!takesSegmentCalls(settings)) {
            return Map.of();
        }
        String inbound = OtherRequest.path(settings.get(Catalogue.HTTP_URI));
        return SegmentCall.spellings().stream()
                .collect(Collectors.toMap(Function.identity(), path -> inbound.isEmpty() ? "/" : inbound));
    }

    private Set<Integer> ports() {
        Set<Integer> ports = new HashSet<>();
        ports.add(Math.toIntExact(settings.get(Catalogue.HTTP_PORT)));
        String uri = settings.get(Catalogue.HTTP_URI);
        if (uri.startsWith(NETTY)) {
            ports.add(URI.create(uri.substring(uri.indexOf(':') + 1).replaceFirst("\\?.*", ""))
                    .getPort());
        }
        return ports;
    }

    void bindBeans(EventInstaller events, EventCounts counts, SecretFilesInstaller secretFiles, boolean sandboxed) {
        Authenticate authenticate =
                new Authenticate(() -> secrets(settings), () -> refused.count(ProblemCode.UNAUTHORIZED));
        installation.bind("authenticate", authenticate);
        for (Property<?> secrets : List.of(
                Catalogue.HTTP_SIGNATURE_SECRETS,
                Catalogue.HTTP_BASIC_CREDENTIALS,
                Catalogue.HTTP_BEARER_TOKENS,
                Catalogue.HTTP_WRITE_KEYS)) {
            secretFiles.whenChanged(secrets.key(), authenticate::secretsChanged);
        }
        installation.bind("openHttpReceipt", receipt(events, counts::settled));
        installation.bind("segmentReply", new SegmentReply());
        installation.bind("otherRequest", new OtherRequest(pathsOfPort(settings), endpointsOff(settings, sandboxed)));
        // A gateway answers 503 to every failure to enqueue an event, so that the sender keeps it.
        Class<? extends Throwable> unavailable = enqueues(settings) ? Exception.class : UndeliveredException.class;
        installation.bind(
                "httpErrorReply",
                new HttpErrorReply(refused, installation.intValue(Catalogue.HTTP_RETRY_AFTER_SECONDS), unavailable));
        if (enqueues(settings)) {
            installation.bind("openEnqueueReceipt", receipt(events, counts::enqueued));
            installation.bind("eventRecords", new EventRecords());
            installation.bind("eventsEnqueued", new EventsEnqueued());
            installation.bind("enqueuedReply", new EnqueuedReply());
            installation.threadPool("enqueue", 16);
        }
    }

    private HttpReceipt receipt(EventInstaller events, ObjIntConsumer<ReceiptSummary> whenSettled) {
        return new HttpReceipt(
                events.reader(),
                receiving,
                events.receipts(installation.millis(Catalogue.HTTP_REPLY_TIMEOUT_MS), whenSettled));
    }
}
