package io.github.ldaudiences.store;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A position among the states of a store, which are ordered by the number of their audience and then by context key.
 *
 * @param audience number of the audience of the state before that position
 * @param contextKey context key of that state
 */
public record StateCursor(int audience, String contextKey) {

    /**
     * @param text the result of {@link #toString()}
     * @return the position
     * @throws IllegalArgumentException if the text is invalid
     */
    public static StateCursor parse(String text) {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int colon = plain.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("There is no number in it.");
        }
        return new StateCursor(Integer.parseInt(plain.substring(0, colon)), plain.substring(colon + 1));
    }

    /** @return the position as text that needs no escapes in a URL */
    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((audience + ":" + contextKey).getBytes(StandardCharsets.UTF_8));
    }
}
