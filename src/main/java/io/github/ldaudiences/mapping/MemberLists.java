package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lists of people in an event. The event is read once for each person, with the person in place of the list.
 *
 * <p>Example: with {@code $.users[*]} the event {@code {"cohort": "c", "users": [{"id": 1}, {"id": 2}]}} is read as
 * {@code {"cohort": "c", "users": {"id": 1}}} and as {@code {"cohort": "c", "users": {"id": 2}}}.
 *
 * @param way the path to the object that holds the lists
 * @param lists the names of the lists in that object; none if an event is about one person
 */
public record MemberLists(List<Step> way, List<String> lists) {

    /** Each event is about one person. */
    public static final MemberLists NONE = new MemberLists(List.of(), List.of());

    private static final String EACH = "[*]";
    private static final ArrayNode NOBODY = MappingJson.array();

    /** Receives the event as it is read for one person. */
    @FunctionalInterface
    interface Reader {

        /**
         * @param event the event with the person in place of the list; read it at once, because it changes afterwards
         * @param list the place of the list
         * @param index the person's position in the list
         * @return whether to continue with the next person
         */
        boolean read(JsonNode event, String list, int index);
    }

    /**
     * A field on the path to a list.
     *
     * @param name of the field
     * @param isList whether the field holds a list itself, whose items are all visited
     */
    public record Step(String name, boolean isList) {}

    /**
     * @param text comma-separated paths, with {@code [*]} after every list in a path; may be empty
     * @return the lists
     * @throws IllegalArgumentException saying what is wrong
     */
    public static MemberLists parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        Set<List<Step>> ways = new LinkedHashSet<>();
        List<String> lists = new ArrayList<>();
        for (String path : text.split(",")) {
            List<Step> steps = steps(path.strip());
            int last = steps.size() - 1;
            ways.add(steps.subList(0, last));
            lists.add(steps.get(last).name());
        }
        if (ways.size() > 1) {
            throw new IllegalArgumentException("several lists must be fields of the same object");
        }
        return new MemberLists(List.copyOf(ways.iterator().next()), List.copyOf(lists));
    }

    private static List<Step> steps(String path) {
        if (!path.endsWith(EACH)) {
            throw new IllegalArgumentException(path + " does not end with " + EACH);
        }
        List<Step> steps = new ArrayList<>();
        String[] parts = path.substring(0, path.length() - EACH.length()).split(Pattern.quote(EACH), -1);
        for (int i = 0; i < parts.length; i++) {
            List<String> names =
                    PathValue.parse(i == 0 ? parts[i] : '$' + parts[i]).steps();
            for (int j = 0; j < names.size(); j++) {
                steps.add(new Step(names.get(j), j == names.size() - 1));
            }
        }
        return steps;
    }

    /** @return the places of all lists, each as a list of names */
    List<List<String>> places() {
        List<List<String>> places = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Step step : way) {
            names.add(step.name());
            if (step.isList()) {
                places.add(List.copyOf(names));
            }
        }
        for (String list : lists) {
            places.add(Stream.concat(names.stream(), Stream.of(list)).toList());
        }
        return places;
    }

    /**
     * @param event the event's JSON
     * @return the event as it is read for the first person; unchanged if it lists nobody
     */
    public JsonNode first(JsonNode event) {
        JsonNode[] first = {event};
        read(
                event,
                (view, list, index) -> {
                    first[0] = view;
                    return false;
                },
                problem -> {});
        return first[0];
    }

    /**
     * Reads the event once for each person. A list that is absent or null counts as empty; the objects on the path to
     * it must exist.
     *
     * @param event the event's JSON
     * @param reader receives the event for each person, in the order of the lists
     * @param problems receives what does not match the paths: the place, what was expected there, and what was found
     */
    void read(JsonNode event, Reader reader, Consumer<String> problems) {
        if (this != NONE) {
            ObjectNode view = copy((ObjectNode) event);
            new Walk(view, reader, problems).into(view, 0, "");
        }
    }

    /** @return the paths, as configured */
    @Override
    public String toString() {
        String before = way.stream()
                .map(step -> '.' + step.name() + (step.isList() ? EACH : ""))
                .collect(Collectors.joining("", "$", "."));
        return lists.stream().map(list -> before + list + EACH).collect(Collectors.joining(","));
    }

    private static ObjectNode copy(ObjectNode object) {
        return MappingJson.object().setAll(object);
    }

    /** Walks to the lists. It copies the objects that it changes, because the event is shared. */
    private final class Walk {

        private final ObjectNode view;
        private final Reader reader;
        private final Consumer<String> problems;

        Walk(ObjectNode view, Reader reader, Consumer<String> problems) {
            this.view = view;
            this.reader = reader;
            this.problems = problems;
        }

        /** @return whether to continue */
        boolean into(ObjectNode holder, int depth, String above) {
            if (depth == way.size()) {
                return intoLists(holder, above);
            }
            Step step = way.get(depth);
            String place = place(above, step.name());
            JsonNode found = holder.get(step.name());
            if (!step.isList()) {
                return intoObject(holder, depth, place, found);
            }
            ArrayNode items = items(place, found);
            for (int i = 0; i < items.size(); i++) {
                if (!intoObject(holder, depth, place + '[' + i + ']', items.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private boolean intoObject(ObjectNode holder, int depth, String place, JsonNode found) {
            if (!(found instanceof ObjectNode object)) {
                problems.accept(place + ": expected an object, found " + JsonText.describe(found) + ".");
                return true;
            }
            ObjectNode copy = copy(object);
            holder.set(way.get(depth).name(), copy);
            return into(copy, depth + 1, place);
        }

        private boolean intoLists(ObjectNode holder, String above) {
            List<ArrayNode> found = new ArrayList<>(lists.size());
            for (String list : lists) {
                found.add(items(place(above, list), holder.get(list)));
            }
            holder.remove(lists);
            for (int l = 0; l < lists.size(); l++) {
                String list = lists.get(l);
                String place = place(above, list);
                for (int i = 0; i < found.get(l).size(); i++) {
                    holder.set(list, found.get(l).get(i));
                    if (!reader.read(view, place, i)) {
                        return false;
                    }
                }
                holder.remove(list);
            }
            return true;
        }

        private ArrayNode items(String place, JsonNode found) {
            if (found instanceof ArrayNode array) {
                return array;
            }
            if (found != null && !found.isNull()) {
                problems.accept(place + ": expected an array, found " + JsonText.describe(found) + ".");
            }
            return NOBODY;
        }

        private static String place(String above, String name) {
            return above.isEmpty() ? name : above + '.' + name;
        }
    }
}
