package io.github.ldaudiences.event;

/** Shortens text that is shown to people. */
public final class ShortText {

    private ShortText() {}

    /**
     * @param text any text
     * @param max most characters that are kept, at least 1
     * @return the text, or its beginning with an ellipsis; a surrogate pair is never cut in half
     */
    public static String of(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }
}
