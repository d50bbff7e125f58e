package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values of an event that its dead letter does not show. They are also removed from sentences that may quote them:
 * the reason of a mapping, and LaunchDarkly's message.
 */
final class ConcealedTexts {

    /** Sentences shorten long texts; this many characters are enough to find the beginning of one. */
    private static final int BEGINNING = 16;

    /** The longest first, because a first name may be the beginning of a full name. */
    private final SortedMap<String, String> replacements =
            new TreeMap<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    /**
     * @param value the value in the event; for an object or array, everything in it
     * @param replacement the text that the letter shows instead
     */
    void add(JsonNode value, String replacement) {
        if (value.isContainerNode()) {
            value.forEach(each -> add(each, replacement));
        } else if (value.isTextual() || value.isNumber()) {
            String quoted = value.toString();
            String json = value.isTextual() ? quoted.substring(1, quoted.length() - 1) : quoted;
            for (String text : new String[] {value.asText(), json}) {
                if (!text.isBlank()) {
                    replacements.put(text, replacement);
                }
            }
        }
    }

    /**
     * @param sentence a sentence about the event, or null
     * @return the sentence without the concealed values
     */
    String outOf(String sentence) {
        String shown = sentence;
        if (sentence != null) {
            for (Map.Entry<String, String> each : replacements.entrySet()) {
                shown = replace(shown, each.getKey(), each.getValue());
            }
        }
        return shown;
    }

    private static String replace(String sentence, String text, String replacement) {
        String beginning = text.substring(0, Math.min(text.length(), BEGINNING));
        StringBuilder shown = new StringBuilder();
        int from = 0;
        int at;
        while ((at = sentence.indexOf(beginning, from)) >= 0) {
            int length = beginning.length();
            while (length < text.length()
                    && at + length < sentence.length()
                    && text.charAt(length) == sentence.charAt(at + length)) {
                length++;
            }
            int end = at + length;
            boolean whole = isEdge(sentence, at - 1, at) && (length > BEGINNING || isEdge(sentence, end - 1, end));
            shown.append(sentence, from, at).append(whole ? replacement : sentence.substring(at, end));
            from = end;
        }
        return shown.append(sentence, from, sentence.length()).toString();
    }

    /** Whether there is a word boundary between two characters: "us" must not match within "customers". */
    private static boolean isEdge(String sentence, int before, int after) {
        return before < 0
                || after >= sentence.length()
                || !Character.isLetterOrDigit(sentence.charAt(before))
                || !Character.isLetterOrDigit(sentence.charAt(after));
    }
}
