package io.github.ldaudiences.problem;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.regex.Pattern;

/** Says what is wrong with JSON and where, for the person who wrote it. */
public final class JsonProblem {

    private static final int MAX_LENGTH = 200;

    /** A position in the text, as Jackson writes it in its messages. */
    private static final String PLACE = "\\[Source: [^\\]]*?line: (\\d+), column: (\\d+)\\]";

    private record Wording(Pattern jacksons, String ours) {

        Wording(String jacksons, String ours) {
            this(Pattern.compile(jacksons), ours);
        }
    }

    /** Jackson names its own options, types and tokens, which mean nothing to the author of the text. */
    private static final List<Wording> WORDINGS = List.of(
            new Wording(
                    "expected close marker for Object \\(start marker at " + PLACE + "\\)",
                    "expected '}' for the object that begins at line $1, column $2"),
            new Wording(
                    "expected close marker for Array \\(start marker at " + PLACE + "\\)",
                    "expected ']' for the array that begins at line $1, column $2"),
            new Wording("\\(for (Object|Array) starting at " + PLACE + "\\)", "for what begins at line $2, column $3"),
            new Wording(PLACE, "line $1, column $2"),
            new Wording("in VALUE_STRING", "in a string"),
            new Wording("Trailing token .*", "More content follows the JSON document"),
            new Wording(" \\(not recognized as one since .*\\)", ""),
            new Wording(" \\(or 'NaN'[^)]*\\)", ""),
            new Wording(" \\(class [^)]*\\), not marked as ignorable", ""),
            new Wording(": enable `[^`]*` to allow", ""),
            new Wording(", from `[^`]*`", ""),
            new Wording(" \\(token `[^`]*`\\)", ""),
            new Wording("( of type)? `[^`]*`", ""));

    private JsonProblem() {}

    /**
     * @param e the parser's exception
     * @return what was found, what was expected, and where. The lines around that place are left out, because they may
     *     hold personal data
     */
    public static String of(JsonProcessingException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("");
        for (Wording wording : WORDINGS) {
            message = wording.jacksons.matcher(message).replaceAll(wording.ours);
        }
        if (message.length() > MAX_LENGTH) {
            message = message.substring(0, MAX_LENGTH) + "…";
        }
        return message + place(e.getLocation());
    }

    private static String place(JsonLocation location) {
        if (location == null) {
            return "";
        }
        long at = location.getByteOffset();
        return at >= 0
                ? " (at byte " + at + ")"
                : " (at line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}
