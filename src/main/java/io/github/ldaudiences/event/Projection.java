package io.github.ldaudiences.event;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of an event that are read. All other parts are skipped and never become objects.
 *
 * <p>Example: for the paths {@code $.userId} and {@code $.context.personas.computation_id}, an event's {@code traits}
 * are skipped, and so are all other fields of its {@code context}.
 */
public final class Projection {

    /** Reads the whole event. */
    public static final Projection ALL = of(List.of(List.of()), List.of(), List.of());

    /** A scalar value. Of an object or array, only its presence and the number of items are read. */
    static final Projection SCALAR = new Projection();

    private final Map<String, Projection> places = new HashMap<>();
    private boolean all;
    private boolean fields;
    private boolean items;

    private Projection() {}

    /**
     * @param values the paths of values that are read completely: the names on the way to each, none for the whole
     *     event
     * @param objects the paths of objects whose fields are read, but not the content of these fields
     * @param lists the paths of arrays in whose items the paths continue: {@code users.id} is the {@code id} of each
     *     item
     * @return the projection
     */
    public static Projection of(
            Collection<List<String>> values, Collection<List<String>> objects, Collection<List<String>> lists) {
        Projection event = new Projection();
        values.forEach(path -> event.at(path).all = true);
        objects.forEach(path -> event.at(path).fields = true);
        lists.forEach(path -> event.at(path).items = true);
        return event;
    }

    private Projection at(List<String> path) {
        Projection place = this;
        for (String name : path) {
            place = place.places.computeIfAbsent(name, unread -> new Projection());
        }
        return place;
    }

    /** @return whether everything below is read */
    boolean isAll() {
        return all;
    }

    /** @return what is read of each item if this is an array */
    Projection ofItem() {
        // An array with an item that is addressed by position is read whole: few arrays are on the way to a value.
        return items && places.keySet().stream().noneMatch(Projection::isPosition) ? this : ALL;
    }

    private static boolean isPosition(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * @param name a field, if this is an object
     * @return what is read of the field; null for nothing
     */
    Projection of(String name) {
        if (all) {
            return ALL;
        }
        Projection place = places.get(name);
        return place == null && fields ? SCALAR : place;
    }
}
