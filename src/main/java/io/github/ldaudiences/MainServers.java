package io.github.ldaudiences;

import io.github.ldaudiences.console.ConsoleApi;
import io.github.ldaudiences.console.ConsoleGuard;
import io.github.ldaudiences.console.ConsoleServer;
import io.github.ldaudiences.console.EventRate;
import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;

/** The HTTP servers of Camel Main. Other runtimes have none of them, nor their classes. */
final class MainServers {

    private MainServers() {}

    /**
     * @param context the context
     * @return where servers will listen that Camel Main has configured
     */
    static List<PortCheck.Listener> listeners(CamelContext context) {
        return areThere(context) ? Servers.listeners(context) : List.of();
    }

    /**
     * @param context a context that has started
     * @return the URL of the server for health and metrics, or null if there is none
     */
    static String managementUrl(CamelContext context) {
        return areThere(context) ? Servers.managementUrl(context) : null;
    }

    /**
     * @param context a context that has a management server
     * @return the address that it is configured to listen on
     */
    static String managementHost(CamelContext context) {
        return Servers.managementHost(context);
    }

    /**
     * Adds the console to the management server.
     *
     * @param context a context whose management server listens
     * @param guard runs before the console
     * @param api the console's API
     * @param refused counts the requests that are answered with an error
     * @param rate samples the events of each second
     * @param maxBodyBytes most bytes that a body may have
     */
    static void serveConsole(
            CamelContext context,
            ConsoleGuard guard,
            ConsoleApi api,
            RefusedRequests refused,
            EventRate rate,
            long maxBodyBytes) {
        Servers.serveConsole(context, guard, api, refused, rate, maxBodyBytes);
    }

    /** Whether this runtime has Camel Main's servers. */
    static boolean areThere(CamelContext context) {
        return context.getClassResolver()
                        .resolveClass("org.apache.camel.component.platform.http.main.ManagementHttpServer")
                != null;
    }

    /** A separate class, because the classes that it uses may not be on the class path. */
    private static final class Servers {

        static List<PortCheck.Listener> listeners(CamelContext context) {
            List<PortCheck.Listener> listeners = new ArrayList<>(2);
            MainHttpServer main = context.hasService(MainHttpServer.class);
            if (main != null) {
                listeners.add(listener("camel.server", main.getHost(), main.getPort()));
            }
            ManagementHttpServer management = context.hasService(ManagementHttpServer.class);
            // With the same port, Camel lets both share one server.
            if (management != null && (main == null || main.getPort() != management.getPort())) {
                listeners.add(listener("camel.management", management.getHost(), management.getPort()));
            }
            return listeners;
        }

        private static PortCheck.Listener listener(String prefix, String host, int port) {
            return new PortCheck.Listener(host, port, prefix + ".host, " + prefix + ".port");
        }

        static String managementHost(CamelContext context) {
            return context.hasService(ManagementHttpServer.class).getHost();
        }

        static void serveConsole(
                CamelContext context,
                ConsoleGuard guard,
                ConsoleApi api,
                RefusedRequests refused,
                EventRate rate,
                long maxBodyBytes) {
            VertxPlatformHttpRouter router =
                    context.hasService(ManagementHttpServer.class).getRouter();
            ConsoleServer.serve(router, guard, api, refused, maxBodyBytes);
            rate.sample();
            router.vertx().setPeriodic(TimeUnit.SECONDS.toMillis(1), timer -> {
                rate.sample();
                if (context.isStopped()) {
                    router.vertx().cancelTimer(timer); // Vert.x may belong to the application, and keep running
                }
            });
        }

        static String managementUrl(CamelContext context) {
            ManagementHttpServer management = context.hasService(ManagementHttpServer.class);
            if (management == null) {
                return null;
            }
            String scheme = management.isUseGlobalSslContextParameters() ? "https://" : "http://";
            for (VertxPlatformHttpServer server : context.hasServices(VertxPlatformHttpServer.class)) {
                if (server.getConfigurationPort() == management.getPort()) {
                    return scheme + server.getHost() + ":" + server.getPort();
                }
            }
            return null;
        }
    }
}
