package io.github.ldaudiences.config;

import io.github.ldaudiences.deadletter.DeadLetterEndpoint;
import io.github.ldaudiences.fql.Fql;
import io.github.ldaudiences.mapping.EventPath;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.mapping.MemberLists;
import io.github.ldaudiences.outbound.DirectHosts;
import io.github.ldaudiences.secret.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A type of property value.
 *
 * @param <T> the type of the parsed value
 * @param allowed which texts are allowed, as the end of the sentence "allowed is …"
 * @param parser parses an allowed text, and throws {@link IllegalArgumentException} on any other
 */
record ValueType<T>(String allowed, Function<String, T> parser) {

    static ValueType<String> text() {
        return new ValueType<>("any text", Function.identity());
    }

    /** @param allowed which texts are allowed, as the end of the sentence; the user of the text checks it */
    static ValueType<String> text(String allowed) {
        return new ValueType<>(allowed, Function.identity());
    }

    static ValueType<String> optionalFile() {
        return new ValueType<>("the path of a file, or empty", text -> {
            Path.of(text); // throws if it is no path
            return text;
        });
    }

    static ValueType<Secret> secret() {
        return new ValueType<>("any text on one line", text -> {
            require(text.chars().noneMatch(c -> c < ' ' || c == 127));
            return new Secret(text);
        });
    }

    /**
     * @param allowedEach which texts are allowed, as the middle of the sentence
     * @param each whether a text is allowed
     */
    static ValueType<List<Secret>> secrets(String allowedEach, Predicate<String> each) {
        return new ValueType<>(allowedEach + ", separated by commas or line ends; or empty", text -> {
            if (text.isEmpty()) {
                return List.of();
            }
            List<Secret> secrets = new ArrayList<>();
            for (String part : text.split(",|\\R", -1)) {
                require(each.test(part.strip()));
                secrets.add(secret().parser().apply(part.strip()));
            }
            return List.copyOf(secrets);
        });
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>("true or false", text -> {
            require("true".equals(text) || "false".equals(text));
            return Boolean.valueOf(text);
        });
    }

    static ValueType<Long> number(long min, long max) {
        return new ValueType<>("a whole number from " + min + " to " + max, text -> {
            long number = Long.parseLong(text);
            require(min <= number && number <= max);
            return number;
        });
    }

    static ValueType<String> oneOf(String... names) {
        return new ValueType<>("one of " + String.join(", ", names), text -> {
            require(List.of(names).contains(text));
            return text;
        });
    }

    @SafeVarargs
    static <T> ValueType<Set<T>> setOf(T... values) {
        Map<String, T> byName = new LinkedHashMap<>();
        for (T value : values) {
            byName.put(value.toString(), value);
        }
        return new ValueType<>(
                "one or more of " + String.join(", ", byName.keySet()) + ", separated by commas", text -> {
                    Set<T> set = new LinkedHashSet<>();
                    for (String name : text.split(",")) {
                        require(byName.containsKey(name.strip()));
                        set.add(byName.get(name.strip()));
                    }
                    return set;
                });
    }

    static ValueType<String> optionalBaseUrl() {
        return new ValueType<>(
                "a URL of scheme, host and optional port, such as https://proxy.example:8443, or empty", text -> {
                    if (text.isEmpty()) {
                        return text;
                    }
                    URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
                    require("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
                    require(uri.getHost() != null && uri.getRawUserInfo() == null);
                    require(uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null);
                    return uri.toString();
                });
    }

    static ValueType<String> optionalHost() {
        return new ValueType<>("a host name or an IP address, or empty", text -> {
            require(text.matches("[A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+]"));
            return text;
        });
    }

    static ValueType<DirectHosts> directHosts() {
        return new ValueType<>(
                "host names, domains, IP addresses and ranges such as 10.0.0.0/8, each with an optional :port,"
                        + " separated by commas; or *; or empty",
                DirectHosts::of);
    }

    static ValueType<String> endpointUri() {
        return new ValueType<>("the URI of a Camel endpoint", text -> {
            require(text.matches("[A-Za-z][A-Za-z0-9+.-]*:.+"));
            return text;
        });
    }

    static ValueType<String> optionalEndpointUri() {
        return new ValueType<>("the URI of a Camel endpoint, or empty", text -> {
            if (!text.isEmpty()) {
                endpointUri().parser().apply(text);
            }
            return text;
        });
    }

    static ValueType<String> deadLetterUri() {
        return new ValueType<>(
                "the URI of a Camel endpoint; a file endpoint without fileExist, or with fileExist=Append", text -> {
                    endpointUri().parser().apply(text);
                    require(!DeadLetterEndpoint.isFile(text)
                            || !text.contains("fileExist=")
                            || text.contains("fileExist=Append"));
                    return text;
                });
    }

    static ValueType<String> postgresUrl() {
        return new ValueType<>("a URL that begins with jdbc:postgresql: and holds no password, or empty", text -> {
            require(text.isEmpty() || text.startsWith("jdbc:postgresql:"));
            require(!text.toLowerCase(Locale.ROOT).contains("password="));
            return text;
        });
    }

    static ValueType<List<EventPath>> eventPaths() {
        return new ValueType<>(
                "paths that begin with $., such as $.traits.email, separated by commas; or empty",
                EventPath::parseList);
    }

    static ValueType<String> trigger() {
        return new ValueType<>("an expression in FQL", text -> {
            Fql.compile(text);
            return text;
        });
    }

    static ValueType<MappingValue> mappingValue() {
        return new ValueType<>(
                "a path such as $.userId, a directive such as {\"@path\":\"$.userId\"}, or a literal",
                MappingValue::compile);
    }

    static ValueType<MemberLists> memberLists() {
        return new ValueType<>(
                "paths with [*] after each list, such as $.users[*] or $.groups[*].users[*], separated by commas;"
                        + " or empty",
                MemberLists::parse);
    }

    /** Constants whose {@code toString} is their name in the configuration. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> constants) {
        List<E> all = List.of(constants.getEnumConstants());
        String names = all.stream().map(E::toString).collect(Collectors.joining(", "));
        return new ValueType<>("one of " + names, text -> all.stream()
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
