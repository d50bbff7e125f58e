package io.github.ldaudiences.fql;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The tests of comparisons and functions. A value that the event does not have is null. */
final class ValueTests {

    static final Predicate<JsonNode> ABSENT = value -> value == null || value.isNull();

    /** Numbers with more digits keep their exponent when they are converted to text. */
    private static final int MAX_PLAIN_DIGITS = 30;

    private ValueTests() {}

    /** Segment: only an identical text is equal. Any other value, or an absent one, is unequal. */
    static Predicate<JsonNode> equal(String wanted, boolean equal) {
        Predicate<JsonNode> test = value -> value != null && wanted.equals(value.textValue());
        return equal ? test : test.negate();
    }

    /** Segment: values that are not text fail both a test of text and its opposite. */
    static Predicate<JsonNode> text(Predicate<String> test) {
        return value -> value != null && value.isTextual() && test.test(value.textValue());
    }

    static Predicate<JsonNode> flag(boolean wanted) {
        return value -> value != null && value.isBoolean() && value.booleanValue() == wanted;
    }

    /**
     * Segment: values that are not numbers, such as a text of digits, fail every comparison with a number, {@code !=}
     * included.
     */
    static Predicate<JsonNode> number(String operator, BigDecimal limit) {
        IntPredicate holds =
                switch (operator) {
                    case "=" -> order -> order == 0;
                    case "!=" -> order -> order != 0;
                    case "<" -> order -> order < 0;
                    case "<=" -> order -> order <= 0;
                    case ">" -> order -> order > 0;
                    default -> order -> order >= 0;
                };
        return value -> {
            BigDecimal number = number(value);
            return number != null && holds.test(number.compareTo(limit));
        };
    }

    /**
     * @return null if the value is not a number, or not one that JSON can write: some parsers turn 1e999 into infinity
     */
    private static BigDecimal number(JsonNode value) {
        if (value == null || !value.isNumber() || (value.isDouble() && !Double.isFinite(value.doubleValue()))) {
            return null;
        }
        return value.decimalValue();
    }

    /** @return the number as JavaScript writes it, 1.50 as 1.5, except that it keeps all digits */
    static String text(BigDecimal number) {
        BigDecimal shortest = number.stripTrailingZeros();
        return Math.abs((long) shortest.scale()) > MAX_PLAIN_DIGITS ? shortest.toString() : shortest.toPlainString();
    }
}
