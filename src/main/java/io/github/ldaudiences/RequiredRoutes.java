package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;

/** The routes and route templates that the settings need. A runtime loads them from the files in {@code routes/}. */
final class RequiredRoutes {

    private static final String INCLUDE_PATTERN = "camel.main.routesIncludePattern";

    /** Every installation has it. */
    private static final String TEMPLATE = "launchdarkly-destination";

    private static final String HTTP_ERRORS = "http-errors";

    private RequiredRoutes() {}

    /** @return whether the context has routes of the bundle */
    static boolean anyIn(CamelContext context) {
        return has(model(context), TEMPLATE);
    }

    /**
     * Checks that no route, and no route's route configuration, is missing.
     *
     * @throws ConfigurationException naming each such route, and its file
     */
    static void check(CamelContext context, Settings settings) {
        Model model = model(context);
        String missing = filesById(settings).entrySet().stream()
                .filter(route -> !has(model, route.getKey()))
                .map(route -> route.getKey() + " (" + route.getValue() + ".camel.yaml)")
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            String where = context.getPropertiesComponent()
                    .resolveProperty(INCLUDE_PATTERN)
                    .map(pattern -> " They were looked for at " + pattern + " (" + INCLUDE_PATTERN + ") in the folder "
                            + Path.of("").toAbsolutePath() + ".")
                    .orElse(" The jar of the bundle has their files, in classpath:routes/.");
            throw new ConfigurationException("Routes are missing: " + missing + "." + where);
        }
        checkErrorReplies(model);
    }

    /**
     * Camel applies a route configuration only to routes that are loaded with it or after it. Without theirs, HTTP
     * routes would answer failures with stack traces.
     */
    private static void checkErrorReplies(Model model) {
        String without = model.getRouteDefinitions().stream()
                .filter(route -> HTTP_ERRORS.equals(route.getRouteConfigurationId()))
                .filter(route -> route.getAppliedRouteConfigurationIds() == null
                        || !route.getAppliedRouteConfigurationIds().contains(HTTP_ERRORS))
                .map(RouteDefinition::getRouteId)
                .sorted()
                .collect(Collectors.joining(", "));
        if (!without.isEmpty()) {
            throw new ConfigurationException("These routes were loaded without their route configuration "
                    + HTTP_ERRORS + ": " + without
                    + ". Load http-reply.camel.yaml before them, or all files in one call of the routes loader.");
        }
    }

    private static Model model(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private static boolean has(Model model, String id) {
        return model.getRouteDefinition(id) != null || model.getRouteTemplateDefinition(id) != null;
    }

    private static Map<String, String> filesById(Settings settings) {
        Map<String, String> files = new LinkedHashMap<>();
        for (Inbound inbound : settings.get(Catalogue.INBOUND)) {
            boolean enqueue = inbound == Inbound.HTTP && HttpInstaller.enqueues(settings);
            add(files, enqueue ? "inbound-http-enqueue" : inbound.routeId());
        }
        if (HttpInstaller.isOn(settings)
                || ReplayInstaller.isNeeded(settings)
                || !HttpInstaller.pathsOfPort(settings).isEmpty()) {
            files.put("json-reply", "http-reply");
        }
        if (ReplayInstaller.isOn(settings)) {
            add(files, "inbound-replay");
        }
        if (ReplayInstaller.isNeeded(settings)) {
            files.put("replay", "inbound-replay");
        }
        if (ExplainInstaller.isOn(settings)) {
            add(files, "explain");
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_LOOKUP)) {
            add(files, "memberships");
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_FORGET)) {
            add(files, "forget");
        }
        if (MembershipsInstaller.isOn(settings, Catalogue.STORE_RESYNC)) {
            add(files, "resync");
            files.put("resync-progress", "resync");
            files.put("resync-interrupt", "resync");
            files.put("resync-run", "resync");
        }
        add(files, "audience-events");
        files.put("unreadable-events", "audience-events");
        add(files, "sync-audience");
        add(files, "batch");
        add(files, "deliver");
        files.put(TEMPLATE, "launchdarkly");
        if (settings.get(Catalogue.CHECK_CREDENTIALS).equals("start")) {
            add(files, "launchdarkly-credentials");
        }
        add(files, "dead-letter");
        files.put("dead-letter-collect", "dead-letter");
        files.put("dead-letter-write", "dead-letter");
        return files;
    }

    /** A file has the same name as its first route. */
    private static void add(Map<String, String> files, String route) {
        files.put(route, route);
    }
}
