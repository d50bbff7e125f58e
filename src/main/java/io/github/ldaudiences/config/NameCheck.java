package io.github.ldaudiences.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds unknown names that look like properties of the bundle, in files, system properties and environment variables.
 * It reads only names, because a value may be a secret.
 */
final class NameCheck {

    private static final Predicate<String> OWN =
            Pattern.compile("audiences[._].*", Pattern.CASE_INSENSITIVE).asMatchPredicate();

    private static final Pattern VARIABLE = Pattern.compile("AUDIENCES_[A-Z0-9_]+");

    /** Kubernetes sets these variables in pods if there is a Service called audiences, or audiences-…. */
    private static final Predicate<String> OF_SERVICE = Pattern.compile(
                    "AUDIENCES_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
            .asMatchPredicate();

    private static final Predicate<String> ADDRESS_OF_SERVICE =
            Pattern.compile("(tcp|udp|sctp)://.*").asMatchPredicate();

    private final Settings settings;
    /** The keys of all properties, for the existing mappings and destinations. */
    private final Set<String> keys = new LinkedHashSet<>();

    private final Set<String> kafkaNames;

    /**
     * @param settings knows the mappings and destinations
     * @param kafkaNames the properties of Kafka's own clients
     */
    NameCheck(Settings settings, Set<String> kafkaNames) {
        this.settings = settings;
        this.kafkaNames = kafkaNames;
        kafkaNames.forEach(name -> keys.add(Catalogue.KAFKA_CLIENT + name));
        for (Property<?> property : Catalogue.all()) {
            if (property.isPerInstance()) {
                settings.ids(property.prefix()).forEach(id -> keys.add(property.key(id)));
            } else {
                keys.add(property.key());
            }
        }
    }

    /** @return the properties that are set by environment variables, by key */
    Map<String, String> setByEnvironment(PropertyLookup lookup) {
        Map<String, String> set = new TreeMap<>();
        for (String key : keys) {
            String value = lookup.environment().get(PropertyLookup.variable(key));
            if (value != null) {
                set.put(key, value);
            }
        }
        return set;
    }

    /** @return a sentence for each name that is unknown */
    List<String> problems(PropertyLookup lookup) {
        List<String> problems = new ArrayList<>();
        keys.addAll(ValueDeserializerProperties.keys(lookup)); // only the deserializer knows its properties
        for (String key : own(lookup.keys())) {
            // A runtime may list environment variables among its properties, with dots between their words.
            if (!keys.contains(key) && !lookup.environment().containsKey(PropertyLookup.variable(key))) {
                problems.add(unknown(key, key, keysLike(key)));
            }
        }
        for (String key : own(lookup.systemKeys())) {
            if (!keys.contains(key)) {
                problems.add(problem("-D" + key, key, keys, of -> Settings.idIn(key, of) != null));
            }
        }
        Set<String> variables = keys.stream().map(PropertyLookup::variable).collect(Collectors.toSet());
        // The value of a property may name others: {{env:AUDIENCES_BEARER_TOKENS:}}.
        lookup.values().forEach(value -> VARIABLE.matcher(value)
                .results()
                .map(MatchResult::group)
                .forEach(variables::add));
        for (Map.Entry<String, String> variable : new TreeMap<>(lookup.environment()).entrySet()) {
            String name = variable.getKey();
            if (OWN.test(name) && !variables.contains(name) && !isOfService(name, variable.getValue())) {
                problems.add(problem("The environment variable " + name, name, variables, of -> isVariable(name, of)));
            }
        }
        return problems;
    }

    private static Set<String> own(Set<String> names) {
        return names.stream().filter(OWN).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOfService(String name, String value) {
        return OF_SERVICE.test(name) || (name.endsWith("_PORT") && ADDRESS_OF_SERVICE.test(value));
    }

    /** All keys, including those of the mapping or destination that a key names, which may have no other key. */
    private Set<String> keysLike(String key) {
        Set<String> like = new HashSet<>(keys);
        for (Property<?> property : Catalogue.all()) {
            if (property.isPerInstance() && key.startsWith(property.prefix())) {
                like.add(property.key(key.substring(property.prefix().length()).replaceFirst("\\..*", "")));
            }
        }
        like.remove(key);
        return like;
    }

    /** @param isOf whether the name would belong to a property if the mapping or destination existed */
    private String problem(String subject, String name, Set<String> known, Predicate<Property<?>> isOf) {
        for (Property<?> property : Catalogue.all()) {
            if (property.isPerInstance() && isOf.test(property)) {
                String what = property.prefix().equals(Catalogue.MAPPING_ENABLED.prefix()) ? "mapping" : "destination";
                return subject + " is for a " + what + " that is not configured." + Suggestion.of(name, known)
                        + " Configured: " + String.join(", ", settings.ids(property.prefix())) + ". To add a " + what
                        + ", set one of its properties in a file.";
            }
        }
        return unknown(subject, name, known);
    }

    private String unknown(String subject, String name, Set<String> known) {
        for (String prefix : List.of(Catalogue.KAFKA_CLIENT, PropertyLookup.variable(Catalogue.KAFKA_CLIENT))) {
            if (name.startsWith(prefix)) {
                return subject + " is not a property of Kafka's consumer or producer."
                        + Suggestion.of(name.substring(prefix.length()), kafkaNames);
            }
        }
        if (name.startsWith(PropertyLookup.variable(Catalogue.KAFKA_VALUE_DESERIALIZER_CONFIG))) {
            return subject + " may be meant for the deserializer, but its property names cannot be derived from"
                    + " environment variables. Set the property in a file, with {{env:…}} as its value.";
        }
        return subject + " is not a property of this bundle." + Suggestion.of(name, known)
                + " docs/configuration.md lists them all. Names of mappings and destinations"
                + " consist of letters, digits, '_' and '-'.";
    }

    private static boolean isVariable(String name, Property<?> property) {
        String prefix = PropertyLookup.variable(property.prefix());
        String suffix = PropertyLookup.variable(property.suffix());
        return name.startsWith(prefix) && name.endsWith(suffix) && name.length() > prefix.length() + suffix.length();
    }
}
