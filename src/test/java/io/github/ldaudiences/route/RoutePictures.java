package io.github.ldaudiences.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Draws route files as Mermaid flowcharts: first how all routes hang together, then the steps of each file. */
final class RoutePictures {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Where a recipient list goes whose recipients a bean knows. */
    private static final Map<String, String> RECIPIENTS = Map.of("runningMappings", "direct:mapping-{{mapping}}");

    /** What leads from a step to those inside it. */
    private static final Map<String, String> INWARD = Map.of(
            "filter", "if so", "split", "each", "loop", "each time", "aggregate", "when complete", "doTry", "try");

    /** A route, or the template of one: its definition, and whether it is a template. */
    private record Route(String id, JsonNode definition, boolean template) {

        String uri() {
            return definition.at("/from/uri").asText();
        }

        boolean isInner() {
            return uri().startsWith("direct:");
        }
    }

    private final Map<Path, JsonNode> files = new LinkedHashMap<>();
    private final List<Route> routes = new ArrayList<>();

    RoutePictures(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.sorted().toList()) {
                JsonNode items = YAML.readTree(path.toFile());
                files.put(path, items);
                routes.addAll(routesOf(items));
            }
        }
    }

    /** All pictures, in Markdown. */
    String markdown() {
        List<Route> alone =
                routes.stream().filter(route -> linksOf(route).isEmpty()).toList();
        List<Route> together =
                routes.stream().filter(route -> !alone.contains(route)).toList();
        StringBuilder text = new StringBuilder("\n## How they hang together\n\n")
                .append(mermaid("TB", 130, overview(together)))
                .append("\nBeside them, on their own:\n\n")
                .append(mermaid("LR", 200, overview(alone)));
        files.forEach((path, items) -> text.append("\n## `")
                .append(path.getFileName())
                .append("`\n\n")
                .append(mermaid("TB", 280, new Steps(items).lines)));
        return text.append('\n').toString();
    }

    private static String mermaid(String direction, int width, List<String> lines) {
        return """
                ```mermaid
                %%%%{init: {"flowchart": {"wrappingWidth": %d, "nodeSpacing": 20, "rankSpacing": 35}}}%%%%
                flowchart %s
                    %s
                ```
                """.formatted(width, direction, String.join("\n    ", lines));
    }

    /** The routes that a route sends to, and that send to it. */
    private List<Route> linksOf(Route route) {
        List<Route> linked = new ArrayList<>(reachedFrom(route));
        routes.stream().filter(other -> reachedFrom(other).contains(route)).forEach(linked::add);
        return linked;
    }

    private List<Route> reachedFrom(Route route) {
        return targets(route).stream()
                .filter(target -> target.startsWith("direct:"))
                .map(this::reached)
                .toList();
    }

    private static List<Route> routesOf(JsonNode items) {
        List<Route> routes = new ArrayList<>();
        for (JsonNode item : items) {
            if (item.has("route")) {
                routes.add(new Route(item.at("/route/id").asText(), item.get("route"), false));
            } else if (item.has("routeTemplate")) {
                routes.add(new Route(item.at("/routeTemplate/id").asText(), item.at("/routeTemplate/route"), true));
            }
        }
        return routes;
    }

    private List<String> overview(List<Route> shown) {
        Set<String> lines = new LinkedHashSet<>();
        for (Route route : shown) {
            lines.add(node(route.id(), route.template() ? "[[" : "[", route.id(), route.template() ? "]]" : "]"));
            if (!route.isInner()) {
                String in = route.id() + "-in";
                lines.add(node(in, "([", place(route.uri()), "])") + " --> " + name(route.id()));
            }
            List<String> targets = targets(route);
            for (String target : targets) {
                if (target.startsWith("direct:")) {
                    lines.add(name(route.id()) + " --> " + name(reached(target).id()));
                } else {
                    String out = route.id() + "-out-" + targets.indexOf(target);
                    lines.add(name(route.id()) + " --> " + node(out, "([", place(target), "])"));
                }
            }
        }
        return List.copyOf(lines);
    }

    private static List<String> targets(Route route) {
        List<String> targets = new ArrayList<>();
        findTargets(route.definition().at("/from/steps"), targets);
        return targets;
    }

    private static void findTargets(JsonNode node, List<String> targets) {
        node.properties().forEach(entry -> {
            String target = target(entry.getKey(), entry.getValue());
            if (target != null && !targets.contains(target)) {
                targets.add(target);
            }
        });
        node.forEach(inner -> findTargets(inner, targets));
    }

    /** Where a step sends to; null if it is no step that sends. */
    private static String target(String kind, JsonNode step) {
        return switch (kind) {
            case "to", "toD" -> step.path("uri").asText();
            case "recipientList" ->
                RECIPIENTS.get(step.at("/expression/ref/expression").asText());
            default -> null;
        };
    }

    /** The route that takes what is sent to an endpoint, whatever is filled in for placeholders. */
    private Route reached(String uri) {
        return routes.stream()
                .filter(route -> anyPlaceholder(route.uri()).equals(anyPlaceholder(uri)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No route begins at " + uri));
    }

    private static String anyPlaceholder(String uri) {
        return uri.replaceAll("\\{\\{.*?}}|\\$\\{.*?}", "*");
    }

    /** What a reader calls an endpoint: without the address that the configuration gives. */
    private static String place(String uri) {
        return uri.replaceFirst("http://\\{\\{[^}]*host}}:\\{\\{[^}]*port}}", " ")
                .replaceAll("\\{\\{(.*?)}}", "$1")
                .replaceFirst("^([a-z-]+): ", "$1 ");
    }

    private static String node(String id, String open, String label, String close) {
        return name(id) + open + '"' + label + '"' + close;
    }

    private static String name(String id) {
        return id.replace('-', '_');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    /** The steps of one file: a block for each route, and for what happens when one fails. */
    private final class Steps {

        private final List<String> lines = new ArrayList<>();
        private final List<String> links = new ArrayList<>();

        Steps(JsonNode items) {
            List<Route> own = routesOf(items);
            for (Route route : own) {
                block("route-" + route.id(), (route.template() ? "template " : "route ") + route.id(), () -> {
                    JsonNode from = route.definition().get("from");
                    String label = (route.isInner() ? "" : place(route.uri()) + "<br/>")
                            + escaped(from.get("description").asText());
                    String id = from.get("id").asText();
                    line(node(id, "([", label, "])"));
                    chain(id, "", from.get("steps"), own);
                });
            }
            for (JsonNode item : items) {
                if (item.has("routeConfiguration")) {
                    JsonNode configuration = item.get("routeConfiguration");
                    String id = configuration.get("id").asText();
                    block("configuration-" + id, "configuration " + id, () -> configuration
                            .get("onException")
                            .forEach(handler -> step("onException", handler.get("onException"), own)));
                }
            }
            lines.addAll(links);
        }

        private void block(String id, String title, Runnable inside) {
            lines.add("subgraph " + name(id) + "[\"" + title + "\"]");
            inside.run();
            lines.add("end");
        }

        private void line(String line) {
            lines.add("    " + line);
        }

        /** One step after the other; what is inside a step hangs on it. */
        private void chain(String before, String firstLabel, JsonNode steps, List<Route> own) {
            String last = before;
            String label = firstLabel;
            for (JsonNode item : steps) {
                Map.Entry<String, JsonNode> step = item.properties().iterator().next();
                String id = step(step.getKey(), step.getValue(), own);
                line(name(last) + arrow(label) + name(id));
                last = id;
                // A step that others hang on shows which way goes on.
                label = step.getValue().has("steps") || step.getValue().has("when") ? "then" : "";
            }
        }

        private String step(String kind, JsonNode step, List<Route> own) {
            String id = step.get("id").asText();
            String label = "<b>" + kind + "</b> " + id + "<br/>"
                    + escaped(step.get("description").asText());
            boolean branches = step.has("steps") || step.has("when");
            String target = target(kind, step);
            if (target != null && !target.startsWith("direct:")) {
                label += "<br/>" + place(target);
            }
            line(node(id, branches ? "(" : "[", label, branches ? ")" : "]"));
            if (target != null && target.startsWith("direct:")) {
                goesTo(id, reached(target), own);
            }
            if (step.has("steps")) {
                chain(id, INWARD.getOrDefault(kind, ""), step.get("steps"), own);
            }
            step.path("when").forEach(when -> branch(id, "when", when, own));
            step.path("doCatch").forEach(caught -> branch(id, "catch", caught, own));
            for (String kindOfBranch : List.of("otherwise", "doFinally")) {
                if (step.has(kindOfBranch)) {
                    branch(id, kindOfBranch.replace("doF", "f"), step.get(kindOfBranch), own);
                }
            }
            return id;
        }

        private void branch(String from, String label, JsonNode branch, List<Route> own) {
            chain(from, label + " " + branch.get("id").asText(), branch.path("steps"), own);
        }

        /** To a route of this file by a line, to that of another by its name. */
        private void goesTo(String id, Route route, List<Route> own) {
            String end = route.definition().at("/from/id").asText();
            if (own.contains(route)) {
                links.add(name(id) + " -.-> " + name(end));
            } else {
                String there = id + "-route";
                links.add(name(id) + " -.-> " + node(there, "([", "route " + route.id(), "])"));
            }
        }

        private static String arrow(String label) {
            return label.isEmpty() ? " --> " : " -- " + label + " --> ";
        }
    }
}
