package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.fql.FqlLanguage;
import io.github.ldaudiences.mapping.EventKinds;
import io.github.ldaudiences.mapping.MapEvents;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingCounts;
import io.github.ldaudiences.mapping.MappingEndpoints;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Sets up the mappings, which turn events into membership changes. */
final class MappingInstaller {

    private final Installation installation;
    private final List<Mapping> mappings;
    private final MappingEndpoints endpoints;
    private final List<MappingCounts> counts = new ArrayList<>();

    MappingInstaller(Installation installation) {
        this.installation = installation;
        mappings = Mappings.of(installation.settings());
        endpoints = new MappingEndpoints(mappings);
    }

    List<Mapping> mappings() {
        return mappings;
    }

    /** @return which mappings are running */
    MappingEndpoints endpoints() {
        return endpoints;
    }

    /** @return the counts of each mapping */
    List<MappingCounts> counts() {
        return List.copyOf(counts);
    }

    /** @param replayProblem returns why a change of a dead letter must not be sent again, or null */
    void bindBeans(Function<MembershipChange, Problem> replayProblem) {
        // Camel Quarkus looks for languages only in Camel's own jars, and OSGi may not have found this one yet.
        installation.bind("fql", new FqlLanguage());
        installation.bind("runningMappings", endpoints);
        for (Mapping mapping : mappings) {
            MappingCounts mapped = new MappingCounts(mapping.id());
            counts.add(mapped);
            installation.bind("eventKinds-" + mapping.id(), new EventKinds(mapping.events()));
            installation.bind("mapEvents-" + mapping.id(), new MapEvents(mapping, replayProblem::apply, mapped));
        }
    }

    /** @return the routes that are not started automatically: a mapping that is off can be started at run time */
    List<String> stoppedRoutes() {
        return mappings.stream()
                .filter(mapping -> !installation.settings().get(Catalogue.MAPPING_ENABLED, mapping.id()))
                .map(Mapping::routeId)
                .toList();
    }
}
