package io.github.ldaudiences.store;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A place among the states of a store, which are in the order of their audiences' numbers and then of their context keys.
 *
 * @param audience number of the audience of the state before that place
 * @param contextKey context key of that state
 */
public record StateCursor(int audience, String contextKey) {

    /**
     * @param text what {@link #toString()} has made
     * @return the place
     * @throws IllegalArgumentException if the text is something else
     */
    public static StateCursor parse(String text) {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int colon = plain.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("There is no number in it.");
        }
        return new StateCursor(Integer.parseInt(plain.substring(0, colon)), plain.substring(colon + 1));
    }

    /** @return the place as a text that needs no escapes in a URL */
    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((audience + ":" + contextKey).getBytes(StandardCharsets.UTF_8));
    }
}
