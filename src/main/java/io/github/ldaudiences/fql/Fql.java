package io.github.ldaudiences.fql;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fql.FqlLexer.Kind;
import io.github.ldaudiences.fql.FqlLexer.Token;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Compiles trigger expressions of Segment's filter query language (FQL) into predicates over the JSON of an event.
 *
 * <pre>
 * expression := term ("or" term)*
 * term       := factor ("and" factor)*
 * factor     := "!" factor | "(" expression ")" | function | comparison
 * function   := ("contains" | "match") "(" subject "," string ")"
 * comparison := subject ("=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") (string | number | "true" | "false" | "null")
 * </pre>
 *
 * <p>Segment: {@code =} is strict, so that {@code = true} does not match the string {@code "true"}; {@code = null}
 * matches what is absent or null; a comparison of size matches numbers only.
 */
public final class Fql {

    private static final List<String> SUBJECTS =
            List.of("type", "event", "name", "userId", "properties", "traits", "context");

    /** Levels of {@code !} and parentheses: more than anyone can read, and few enough for any stack. */
    private static final int MAX_DEPTH = 100;

    private final String expression;
    private final List<Token> tokens;
    private final List<Comparison> comparisons = new ArrayList<>();
    private int next;
    private int depth;

    private Fql(String expression) {
        this.expression = expression;
        this.tokens = FqlLexer.tokens(expression);
    }

    /**
     * Compiles an expression.
     *
     * @param expression FQL
     * @return the predicate; safe for use by many threads
     * @throws FqlSyntaxException naming the place and what was expected there
     */
    public static Predicate<JsonNode> compile(String expression) {
        return new Fql(expression).complete();
    }

    /**
     * Takes an expression apart, for whoever wants to know why it matches or does not.
     *
     * @param expression FQL
     * @return its comparisons and functions, as written
     * @throws FqlSyntaxException as {@link #compile} does
     */
    public static List<Comparison> comparisons(String expression) {
        Fql parser = new Fql(expression);
        parser.complete();
        return List.copyOf(parser.comparisons);
    }

    /**
     * One comparison or function of an expression, without a {@code !} before it.
     *
     * @param text as it is written
     * @param subject names on the way to what is compared
     * @param test whether it holds for an event
     */
    public record Comparison(String text, List<String> subject, Predicate<JsonNode> test) {

        /**
         * @param event the event's JSON
         * @return what is compared, or null if the event does not have it
         */
        public JsonNode found(JsonNode event) {
            return at(event, subject.toArray(String[]::new));
        }
    }

    private Predicate<JsonNode> complete() {
        Predicate<JsonNode> predicate = expression();
        take(Kind.END);
        return predicate;
    }

    private Predicate<JsonNode> expression() {
        List<Predicate<JsonNode>> terms = new ArrayList<>();
        terms.add(term());
        while (takeWord("or")) {
            terms.add(term());
        }
        return terms.size() == 1 ? terms.get(0) : event -> isAny(true, terms, event);
    }

    private Predicate<JsonNode> term() {
        List<Predicate<JsonNode>> factors = new ArrayList<>();
        factors.add(factor());
        while (takeWord("and")) {
            factors.add(factor());
        }
        return factors.size() == 1 ? factors.get(0) : event -> !isAny(false, factors, event);
    }

    /** In a loop: a chain of predicates is as deep as it is long. */
    private static boolean isAny(boolean answer, List<Predicate<JsonNode>> predicates, JsonNode event) {
        for (Predicate<JsonNode> predicate : predicates) {
            if (predicate.test(event) == answer) {
                return true;
            }
        }
        return false;
    }

    private Predicate<JsonNode> factor() {
        if (peek().kind() == Kind.NOT) {
            enter();
            Predicate<JsonNode> inner = factor();
            depth--;
            return inner.negate();
        }
        if (peek().kind() == Kind.OPEN) {
            enter();
            Predicate<JsonNode> inner = expression();
            take(Kind.CLOSE);
            depth--;
            return inner;
        }
        Token word = take(Kind.WORD, "a subject, a function, '!' or '('");
        if (peek().kind() == Kind.OPEN) {
            return function(word);
        }
        String[] subject = subject(word);
        return noted(word, subject, comparison(subject));
    }

    private Predicate<JsonNode> noted(Token first, String[] subject, Predicate<JsonNode> test) {
        String text = expression.substring(first.position(), peek().position()).strip();
        comparisons.add(new Comparison(text, List.of(subject), test));
        return test;
    }

    private void enter() {
        if (depth == MAX_DEPTH) {
            throw syntax(peek(), "no more than " + MAX_DEPTH + " levels of '!' and '('");
        }
        depth++;
        next++;
    }

    private Predicate<JsonNode> function(Token name) {
        boolean contains = "contains".equals(name.text());
        if (!contains && !"match".equals(name.text())) {
            throw syntax(name, "contains or match");
        }
        take(Kind.OPEN);
        String[] subject = subject(take(Kind.WORD, "a subject"));
        take(Kind.COMMA);
        String argument = take(Kind.STRING).text();
        take(Kind.CLOSE);
        Predicate<String> test = contains ? text -> text.contains(argument) : glob(argument);
        return noted(name, subject, event -> {
            JsonNode value = at(event, subject);
            return value != null && value.isTextual() && test.test(value.textValue());
        });
    }

    /** Segment: {@code *} stands for anything, at either end of the pattern. */
    private static Predicate<String> glob(String pattern) {
        boolean open = pattern.startsWith("*");
        boolean close = pattern.length() > 1 && pattern.endsWith("*");
        String core = pattern.substring(open ? 1 : 0, pattern.length() - (close ? 1 : 0));
        if (open && close) {
            return text -> text.contains(core);
        } else if (open) {
            return text -> text.endsWith(core);
        } else if (close) {
            return text -> text.startsWith(core);
        }
        return core::equals;
    }

    private Predicate<JsonNode> comparison(String[] subject) {
        Token operator = take(Kind.OPERATOR);
        if ("=".equals(operator.text())) {
            return equality(subject);
        } else if ("!=".equals(operator.text())) {
            return equality(subject).negate();
        }
        Token token = take(Kind.NUMBER);
        BigDecimal limit = number(token);
        Predicate<Integer> holds =
                switch (operator.text()) {
                    case "<" -> order -> order < 0;
                    case "<=" -> order -> order <= 0;
                    case ">" -> order -> order > 0;
                    default -> order -> order >= 0;
                };
        return event -> {
            BigDecimal value = number(at(event, subject));
            return value != null && holds.test(value.compareTo(limit));
        };
    }

    private Predicate<JsonNode> equality(String[] subject) {
        Token token = tokens.get(next++);
        switch (token.kind()) {
            case STRING:
                String text = token.text();
                return event -> {
                    JsonNode value = at(event, subject);
                    return value != null && text.equals(value.textValue());
                };
            case NUMBER:
                BigDecimal number = number(token);
                return event -> {
                    BigDecimal value = number(at(event, subject));
                    return value != null && value.compareTo(number) == 0;
                };
            case WORD:
                switch (token.text()) {
                    case "true":
                    case "false":
                        boolean wanted = "true".equals(token.text());
                        return event -> {
                            JsonNode value = at(event, subject);
                            return value != null && value.isBoolean() && value.booleanValue() == wanted;
                        };
                    case "null":
                        return event -> {
                            JsonNode value = at(event, subject);
                            return value == null || value.isNull();
                        };
                    default:
                        break;
                }
                break;
            default:
                break;
        }
        throw syntax(token, "a string in double quotes, a number, true, false or null");
    }

    private BigDecimal number(Token token) {
        try {
            return new BigDecimal(token.text());
        } catch (NumberFormatException e) {
            throw syntax(token, "a number");
        }
    }

    /** @return null for what is no number, or none that JSON can write: some parsers turn 1e999 into infinity */
    private static BigDecimal number(JsonNode value) {
        if (value == null || !value.isNumber() || (value.isDouble() && !Double.isFinite(value.doubleValue()))) {
            return null;
        }
        return value.decimalValue();
    }

    private String[] subject(Token token) {
        List<String> path = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        String text = token.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                name.append(text.charAt(++i));
            } else if (c == '.') {
                path.add(name.toString());
                name.setLength(0);
            } else {
                name.append(c);
            }
        }
        path.add(name.toString());
        boolean nested = path.size() > 1;
        String root = path.get(0);
        boolean known = SUBJECTS.contains(root) && !path.contains("");
        if (!known || nested != List.of("properties", "traits", "context").contains(root)) {
            throw syntax(token, "a subject: type, event, name, userId, properties.…, traits.… or context.…");
        }
        return path.toArray(String[]::new);
    }

    private static JsonNode at(JsonNode event, String[] path) {
        JsonNode node = event;
        for (String name : path) {
            if (node == null) {
                return null;
            }
            node = node.get(name); // null for anything but an object that has the field
        }
        return node;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private boolean takeWord(String word) {
        if (peek().kind() == Kind.WORD && peek().text().toLowerCase(Locale.ROOT).equals(word)) {
            next++;
            return true;
        }
        return false;
    }

    private Token take(Kind kind) {
        return take(kind, kind.toString());
    }

    private Token take(Kind kind, String expected) {
        Token token = peek();
        if (token.kind() != kind) {
            throw syntax(token, kind == Kind.END ? "'and', 'or' or " + expected : expected);
        }
        next++;
        return token;
    }

    private FqlSyntaxException syntax(Token found, String expected) {
        return new FqlSyntaxException(expression, found.position(), expected, found.found());
    }
}
