package io.github.ldaudiences.fql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.RandomJson;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** What holds for any trigger, tried with random ones. */
@Tag("mapping")
class FqlPropertiesTest {

    /** An expression, and what it means, worked out in another way than the compiler does. */
    private record Expression(String text, Predicate<JsonNode> meaning) {

        @Override
        public String toString() {
            return text;
        }
    }

    /** A subject as it is written, and the names on the way to it. */
    private record Subject(String text, List<String> names) {

        JsonNode in(JsonNode event) {
            JsonNode node = event;
            for (String name : names) {
                node = node.path(name);
            }
            return node;
        }
    }

    private static final Arbitrary<Expression> EXPRESSIONS = expressions(2);

    @Property(tries = 1500, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void anExpressionMatchesWhatAPlainEvaluationMatches(
            @ForAll("expressions") Expression expression, @ForAll("events") ObjectNode event) {
        assertThat(Fql.compile(expression.text()).test(event))
                .isEqualTo(expression.meaning().test(event));
    }

    @Property(tries = 1500, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void textIsCompiledOrRefusedAsSuch(@ForAll("soups") String text, @ForAll("events") ObjectNode event) {
        try {
            Fql.compile(text).test(event);
        } catch (FqlSyntaxException e) {
            assertThat(e.getMessage()).startsWith("FQL: expected ").contains(" at position ");
        }
    }

    @Provide
    Arbitrary<ObjectNode> events() {
        return RandomJson.events();
    }

    @Provide
    Arbitrary<String> soups() {
        Arbitrary<String> tokens = Arbitraries.of(
                "type",
                "properties.a",
                "traits.",
                "and",
                "OR",
                "(",
                ")",
                "!",
                "=",
                "!=",
                ">=",
                "\"x\"",
                "\"",
                "\\",
                "1",
                "1e",
                "-",
                "null",
                "true",
                "contains(",
                "match",
                ",",
                "*");
        return Arbitraries.oneOf(tokens, tokens, tokens, RandomJson.texts())
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join(" ", parts));
    }

    @Provide
    Arbitrary<Expression> expressions() {
        return EXPRESSIONS;
    }

    private static Arbitrary<Expression> expressions(int depth) {
        Arbitrary<Expression> leaf = Arbitraries.oneOf(equalities(), orders(), functions());
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Expression> inner = expressions(depth - 1);
        return Arbitraries.frequencyOf(
                Tuple.of(2, leaf),
                Tuple.of(
                        1,
                        inner.map(each -> new Expression(
                                "!(" + each.text() + ")", each.meaning().negate()))),
                Tuple.of(2, chains(inner, "and", true)),
                Tuple.of(2, chains(inner, "or", false)));
    }

    private static Arbitrary<Expression> chains(Arbitrary<Expression> inner, String operator, boolean all) {
        return inner.list()
                .ofMinSize(2)
                .ofMaxSize(3)
                .map(each -> new Expression(
                        each.stream()
                                .map(one -> "(" + one.text() + ")")
                                .collect(Collectors.joining(" " + operator + " ")),
                        event -> all
                                ? each.stream().allMatch(one -> one.meaning().test(event))
                                : each.stream().anyMatch(one -> one.meaning().test(event))));
    }

    /** A value as it is written, and what is equal to it in {@code properties}, {@code traits} or {@code context}. */
    private record Value(String text, Predicate<JsonNode> meaning) {}

    private static Arbitrary<Expression> equalities() {
        Arbitrary<Value> values = Arbitraries.oneOf(
                RandomJson.texts().map(text -> new Value(quoted(text), isText(text))),
                RandomJson.numbers()
                        .map(number -> new Value(
                                number.toString(),
                                node -> node.isNumber() && node.decimalValue().compareTo(number) == 0)),
                Arbitraries.of(true, false)
                        .map(flag -> new Value(flag.toString(), node -> node.isBoolean() && node.asBoolean() == flag)),
                Arbitraries.just(new Value("null", node -> node.isMissingNode() || node.isNull())));
        return Combinators.combine(subjects(), values, Arbitraries.of(true, false))
                .filter((subject, value, equal) ->
                        equal || !List.of("true", "false").contains(value.text()))
                .as((subject, value, equal) -> new Expression(
                        subject.text() + (equal ? " = " : "!=") + value.text(),
                        event -> isEqual(subject, value, subject.in(event), equal)));
    }

    private static Predicate<JsonNode> isText(String text) {
        return node -> node.isTextual() && node.asText().equals(text);
    }

    private static boolean isEqual(Subject subject, Value value, JsonNode node, boolean equal) {
        boolean number = value.text().matches("[-0-9].*");
        boolean nullText =
                "null".equals(value.text()) && List.of("type", "event").contains(subject.text());
        boolean flagText = List.of("true", "false").contains(value.text())
                && List.of("type", "event", "name").contains(subject.text());
        if (nullText || flagText) {
            return isText(value.text()).test(node) == equal;
        }
        if (number && subject.names().size() == 1) {
            return node.isTextual() && isNumberText(node.asText(), value.text()) == equal
                    || !node.isTextual() && !equal;
        }
        return (!number || node.isNumber()) && value.meaning().test(node) == equal;
    }

    private static boolean isNumberText(String text, String number) {
        BigDecimal wanted = new BigDecimal(number);
        try {
            return new BigDecimal(text).compareTo(wanted) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static Arbitrary<Expression> orders() {
        return Combinators.combine(subjects(), Arbitraries.of("<", "<=", ">", ">="), RandomJson.numbers())
                .as((subject, operator, number) -> new Expression(
                        subject.text() + operator + number, event -> holds(subject.in(event), operator, number)));
    }

    private static boolean holds(JsonNode value, String operator, BigDecimal limit) {
        if (!value.isNumber()) {
            return false;
        }
        int order = value.decimalValue().compareTo(limit);
        return (order == 0 && operator.endsWith("="))
                || (order < 0 && operator.startsWith("<"))
                || (order > 0 && operator.startsWith(">"));
    }

    private static Arbitrary<Expression> functions() {
        Arbitrary<String> arguments = RandomJson.texts().map(text -> text.replace("*", ""));
        return Combinators.combine(
                        subjects(), arguments, Arbitraries.of("contains", "*x", "x*"), Arbitraries.of(true, false))
                .as((subject, argument, kind, negated) -> {
                    boolean contains = "contains".equals(kind);
                    String text = contains
                            ? "contains(" + subject.text() + ", " + quoted(argument) + ")"
                            : "match(" + subject.text() + "," + quoted(kind.replace("x", argument)) + ")";
                    boolean openStart = contains || kind.startsWith("*");
                    boolean openEnd = contains || kind.endsWith("*");
                    return new Expression((negated ? "!" : "") + text, event -> {
                        JsonNode value = subject.in(event);
                        return value.isTextual() && matches(value.asText(), argument, openStart, openEnd) != negated;
                    });
                });
    }

    private static boolean matches(String text, String part, boolean openStart, boolean openEnd) {
        for (int at = 0; at + part.length() <= text.length(); at++) {
            boolean startFits = openStart || at == 0;
            boolean endFits = openEnd || at + part.length() == text.length();
            if (startFits && endFits && text.startsWith(part, at)) {
                return true;
            }
        }
        return false;
    }

    private static Arbitrary<Subject> subjects() {
        Arbitrary<String> names = RandomJson.names().filter(name -> !name.isEmpty());
        return Arbitraries.oneOf(
                Arbitraries.of("type", "event", "name", "userId").map(name -> new Subject(name, List.of(name))),
                Combinators.combine(
                                Arbitraries.of("properties", "traits", "context"),
                                names.list().ofMinSize(1).ofMaxSize(2))
                        .as((root, path) -> new Subject(
                                root + "."
                                        + path.stream()
                                                .map(FqlPropertiesTest::escaped)
                                                .collect(Collectors.joining(".")),
                                Stream.concat(Stream.of(root), path.stream()).toList())));
    }

    /** A backslash before what would end a name. */
    private static String escaped(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}_$-]", "\\\\$0");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
