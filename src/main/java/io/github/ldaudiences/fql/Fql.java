package io.github.ldaudiences.fql;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fql.FqlLexer.Kind;
import io.github.ldaudiences.fql.FqlLexer.Token;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
 * <p>A comparison or function selects the same events as in Segment, or is refused. Where Segment does not read the whole
 * of an expression, {@link #differences} says so.
 */
public final class Fql {

    /** Segment: fields of the event that are compared as text. */
    private static final List<String> TEXTS = List.of("type", "event", "name", "userId");

    /** Beyond Segment: a subject that begins with this may be any place of an event, as in paths of values. */
    private static final String ANY = "$";

    private static final List<String> OBJECTS = List.of("properties", "traits", "context");

    private static final Pattern POSITION = Pattern.compile("0|[1-9][0-9]{0,8}");

    /** Maximum nesting of {@code !} and parentheses: more than anyone can read, and few enough for any stack. */
    private static final int MAX_DEPTH = 100;

    private final String expression;
    private final List<Token> tokens;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final Set<String> differences = new LinkedHashSet<>();
    private int next;
    private int depth;
    private int groups;

    private Fql(String expression) {
        this.expression = expression;
        this.tokens = FqlLexer.tokens(expression);
    }

    /**
     * Compiles an expression.
     *
     * @param expression FQL
     * @return the predicate; safe for use by many threads
     * @throws FqlSyntaxException naming the position and what was expected there
     */
    public static Predicate<JsonNode> compile(String expression) {
        return new Fql(expression).complete();
    }

    /**
     * Splits an expression into its parts, to explain why it matches or does not match.
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
     * Finds the parts of an expression that Segment reads in another way than they are written.
     *
     * @param expression FQL
     * @return what Segment does instead, each a sentence without its subject; empty if there are no differences
     * @throws FqlSyntaxException as {@link #compile} does
     */
    public static List<String> differences(String expression) {
        Fql parser = new Fql(expression);
        parser.complete();
        return List.copyOf(parser.differences);
    }

    /**
     * One comparison or function of an expression.
     *
     * @param text the text as written; includes a {@code !} directly before a function
     * @param subject the path to the value that is compared
     * @param test whether the comparison holds for an event
     */
    public record Comparison(String text, List<String> subject, Predicate<JsonNode> test) {

        /**
         * @param event the event's JSON
         * @return the value that is compared, or null if the event does not have it
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
        boolean chained = false;
        do {
            List<Predicate<JsonNode>> factors = new ArrayList<>();
            do {
                factors.add(factor());
            } while (takeWord("and"));
            chained |= factors.size() > 1;
            terms.add(factors.size() == 1 ? factors.get(0) : event -> !isAny(false, factors, event));
        } while (takeWord("or"));
        if (chained && terms.size() > 1) {
            differences.add("applies the last of 'and' and 'or' that stand side by side to all of them");
        }
        return terms.size() == 1 ? terms.get(0) : event -> isAny(true, terms, event);
    }

    /** A loop, because chained predicates would use a stack as deep as the chain is long. */
    private static boolean isAny(boolean answer, List<Predicate<JsonNode>> predicates, JsonNode event) {
        for (Predicate<JsonNode> predicate : predicates) {
            if (predicate.test(event) == answer) {
                return true;
            }
        }
        return false;
    }

    private Predicate<JsonNode> factor() {
        int first = next;
        while (peek().kind() == Kind.NOT) {
            enter();
        }
        int marks = next - first;
        Predicate<JsonNode> factor = negatable(first, marks);
        depth -= marks;
        return factor;
    }

    /** @param marks the number of {@code !} before it, beginning with the token {@code first} */
    private Predicate<JsonNode> negatable(int first, int marks) {
        boolean negated = marks % 2 == 1;
        boolean function = peek().kind() == Kind.WORD && tokens.get(next + 1).kind() == Kind.OPEN;
        boolean adjacent = function && tokens.get(first).position() + marks == peek().position();
        if (marks > 1 || (marks == 1 && !adjacent)) {
            differences.add("reads a '!' only if it is alone and right before contains or match");
        }
        if (function) {
            return function(tokens.get(negated ? next - 1 : next), take(Kind.WORD), negated);
        }
        Predicate<JsonNode> factor = peek().kind() == Kind.OPEN ? group() : comparison();
        return negated ? factor.negate() : factor;
    }

    private Predicate<JsonNode> group() {
        if (groups > 0) {
            differences.add("cannot read parentheses in parentheses, and selects nothing");
        }
        enter();
        groups++;
        Predicate<JsonNode> inner = expression();
        take(Kind.CLOSE);
        groups--;
        depth--;
        return inner;
    }

    private void enter() {
        if (depth == MAX_DEPTH) {
            throw syntax(peek(), "no more than " + MAX_DEPTH + " levels of '!' and '('");
        }
        depth++;
        next++;
    }

    private Predicate<JsonNode> noted(Token first, String[] subject, Predicate<JsonNode> value) {
        String text = expression.substring(first.position(), peek().position()).strip();
        Predicate<JsonNode> test = event -> value.test(at(event, subject));
        comparisons.add(new Comparison(text, List.of(subject), test));
        return test;
    }

    private Predicate<JsonNode> function(Token first, Token name, boolean negated) {
        boolean contains = "contains".equals(name.text());
        if (!contains && !"match".equals(name.text())) {
            throw syntax(name, "contains or match");
        }
        take(Kind.OPEN);
        Token subject = take(Kind.WORD, "a subject");
        String[] path = subject(subject);
        if ("type".equals(path[0])) {
            differences.add("ignores contains and match for type");
        }
        take(Kind.COMMA);
        Token argument = take(Kind.STRING);
        Predicate<String> test =
                contains ? text -> text.contains(argument.text()) : pattern(argument, subject.text(), negated);
        take(Kind.CLOSE);
        if (groups > 0 && peek().kind() != Kind.CLOSE) {
            differences.add("ends a group at the ')' of a function in it");
        }
        return noted(first, path, ValueTests.text(negated ? test.negate() : test));
    }

    /**
     * Segment: {@code *} at one end stands for any text. Segment treats other patterns differently from what they say.
     */
    private Predicate<String> pattern(Token argument, String subject, boolean negated) {
        String pattern = argument.text();
        boolean open = pattern.startsWith("*");
        boolean close = pattern.endsWith("*");
        if (pattern.length() > 1 && open && close) {
            String inner = quoted(pattern.substring(1, pattern.length() - 1));
            throw noPattern(argument, (negated ? "!" : "") + "contains(" + subject + ", " + inner + ")");
        } else if (close) {
            String start = pattern.substring(0, pattern.length() - 1);
            return text -> text.startsWith(start);
        } else if (open) {
            String end = pattern.substring(1);
            return text -> text.endsWith(end);
        }
        throw noPattern(argument, subject + (negated ? " != " : " = ") + quoted(pattern));
    }

    private FqlSyntaxException noPattern(Token found, String instead) {
        return syntax(found, "a pattern with a * at one end (instead of match write " + instead + ")");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private Predicate<JsonNode> comparison() {
        Token word = take(Kind.WORD, "a subject, a function, '!' or '('");
        String[] subject = subject(word);
        String operator = take(Kind.OPERATOR).text();
        boolean equal = "=".equals(operator);
        if (!equal && !"!=".equals(operator)) {
            return noted(word, subject, ValueTests.number(operator, number(take(Kind.NUMBER))));
        }
        Token value = tokens.get(next++);
        return noted(
                word,
                subject,
                switch (value.kind()) {
                    case STRING -> ValueTests.equal(value.text(), equal);
                    case NUMBER ->
                        isText(subject)
                                ? ValueTests.equal(ValueTests.text(number(value)), equal)
                                : ValueTests.number(operator, number(value));
                    case WORD -> equality(subject, value, equal, word.text());
                    default -> throw noValue(value);
                });
    }

    /**
     * Segment: compared with null, {@code type} and {@code event} are texts; compared with a boolean, all but {@code
     * userId} are.
     */
    private Predicate<JsonNode> equality(String[] subject, Token value, boolean equal, String written) {
        String name = subject[0];
        boolean text = isText(subject) && !"userId".equals(name);
        switch (value.text()) {
            case "null":
                if (text && !"name".equals(name)) {
                    return ValueTests.equal(value.text(), equal);
                }
                return equal ? ValueTests.ABSENT : ValueTests.ABSENT.negate();
            case "true":
            case "false":
                if (text) {
                    return ValueTests.equal(value.text(), equal);
                } else if (equal) {
                    return ValueTests.flag("true".equals(value.text()));
                }
                throw syntax(
                        value,
                        "a string, a number or null after != (for anything but " + value.text() + " write !(" + written
                                + " = " + value.text() + "))");
            default:
                throw noValue(value);
        }
    }

    private static boolean isText(String[] subject) {
        return TEXTS.contains(subject[0]);
    }

    private FqlSyntaxException noValue(Token found) {
        return syntax(found, "a string in double quotes, a number, true, false or null");
    }

    private BigDecimal number(Token token) {
        try {
            return new BigDecimal(token.text());
        } catch (NumberFormatException e) {
            throw syntax(token, "a number");
        }
    }

    private String[] subject(Token token) {
        List<String> path = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        String text = token.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escaped = c == '\\' && i + 1 < text.length();
            if (escaped && text.charAt(i + 1) == ']') {
                i++;
            } else if (escaped && text.charAt(i + 1) != '[') {
                name.append(text.charAt(++i));
            } else if (escaped || c == '.') {
                i += escaped ? 1 : 0;
                path.add(name.toString());
                name.setLength(0);
            } else {
                name.append(c);
            }
        }
        path.add(name.toString());
        boolean nested = path.size() > 1;
        boolean any = nested && path.get(0).equals(ANY);
        if (path.contains("") || !(any || (nested ? OBJECTS : TEXTS).contains(path.get(0)))) {
            throw syntax(
                    token,
                    "a subject: type, event, name, userId, properties.…, traits.… or context.…, or $.… for any other");
        }
        if (any) {
            differences.add("knows no subjects that begin with $");
            path.remove(0);
        }
        return path.toArray(String[]::new);
    }

    private static JsonNode at(JsonNode event, String[] path) {
        JsonNode node = event;
        for (String name : path) {
            if (node == null) {
                return null;
            }
            JsonNode child = node.get(name); // null unless the node is an object with the field
            node = child == null && node.isArray() ? item(node, name) : child;
        }
        return node;
    }

    private static JsonNode item(JsonNode array, String position) {
        return POSITION.matcher(position).matches() ? array.get(Integer.parseInt(position)) : null;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private boolean takeWord(String word) {
        if (peek().kind() == Kind.WORD && peek().text().equals(word)) {
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
