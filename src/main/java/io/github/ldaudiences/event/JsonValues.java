package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;

/** Reads values of one event from a parser, checks their limits, and keeps the fields that are read. */
final class JsonValues {

    /** Limit of digits in one number. Parsing a number takes more than linear time. */
    private static final int MAX_DIGITS = 400;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;
    private final int maxDepth;
    private Problem problem;

    /**
     * @param parser positioned at the values
     * @param maxDepth most levels of nesting in the event, at least 1
     */
    JsonValues(JsonParser parser, int maxDepth) {
        this.parser = parser;
        this.maxDepth = maxDepth;
    }

    /** @return which limit the values read so far exceed; null if none */
    Problem problem() {
        return problem;
    }

    /**
     * Reads the value at the current token.
     *
     * @param wanted the parts of it that are read; null for nothing
     * @param depth level of the value in the event, 1 for the event itself
     * @return the parts that are read; null if there are none, or a limit is exceeded
     */
    JsonNode read(Projection wanted, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (wanted == null || problem != null || (token.isStructStart() && depth > maxDepth)) {
            skip(depth);
            return null;
        }
        return switch (token) {
            case START_OBJECT -> object(wanted, depth);
            case START_ARRAY -> array(wanted, depth);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> number(token);
        };
    }

    private ObjectNode object(Projection wanted, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            Projection place = wanted == Projection.SCALAR ? null : wanted.of(name);
            parser.nextToken();
            JsonNode value = read(place, depth + 1);
            if (value != null) {
                object.set(name, value); // of fields with the same name, the last wins
            }
        }
        return object;
    }

    private ArrayNode array(Projection wanted, int depth) throws IOException {
        Projection each = wanted == Projection.SCALAR ? null : wanted.ofItem();
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode item = read(each, depth + 1);
            array.add(item); // null for an item that is only counted
        }
        return array;
    }

    private JsonNode number(JsonToken token) throws IOException {
        checkNumber(token);
        if (problem != null) {
            return null;
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return NODES.numberNode(parser.getDecimalValue());
        }
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    /** A loop instead of recursion: skipped values may nest far deeper than an event is allowed to. */
    private void skip(int depth) throws IOException {
        int level = depth - 1;
        JsonToken token = parser.currentToken();
        while (true) {
            if (token.isStructStart()) {
                if (++level > maxDepth) {
                    problem = new Problem(
                            ProblemCode.EVENT_TOO_DEEP, "The event nests deeper than " + maxDepth + " levels.");
                }
            } else if (token.isStructEnd()) {
                level--;
            } else if (token.isNumeric()) {
                checkNumber(token);
            }
            if (level < depth) {
                return;
            }
            token = parser.nextToken();
        }
    }

    private static Problem invalid(String found) {
        return new Problem(ProblemCode.NUMBER_INVALID, "The event holds " + found + ".");
    }

    private void checkNumber(JsonToken token) throws IOException {
        if (problem != null) {
            return;
        }
        if (parser.isNaN()) {
            problem = invalid("NaN or Infinity, which is not JSON");
        } else if (parser.getTextLength() > MAX_DIGITS) {
            problem = invalid("a number of " + parser.getTextLength() + " digits");
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            try {
                parser.getDecimalValue();
            } catch (JsonProcessingException | NumberFormatException e) {
                problem = invalid("a number that is out of range");
            }
        }
    }
}
