package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.deadletter.LetterCursor;
import io.github.ldaudiences.deadletter.LetterSearch;
import io.github.ldaudiences.deadletter.LetterSelection;
import io.github.ldaudiences.deadletter.StoredLetter;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;

/** Answers requests for dead letters, from the folder that holds them. */
public final class DeadLetterPages {

    private static final int MAX_LETTERS = 200;
    private static final int USUAL_LETTERS = 50;

    /** The maximum number of letters that a summary reads. */
    private static final int MAX_SUMMED = 10_000;

    /** The maximum number of pages that a summary reads; some may be empty. */
    private static final int MAX_PAGES = 20;

    private static final Set<String> SELECTION =
            Set.of("mapping", "code", "text", "from", "to", "audience", "messageId");
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final List<String> SHOWN = List.of(
            "id", "time", "code", "reason", "mapping", "destination", "messageId", "arrived", "attempts", "answer");

    private final CamelContext context;
    private final LetterSearch search;
    private final Collection<Mapping> mappings;

    /**
     * @param context any context
     * @param search searches the folder
     * @param mappings say which audience an event is about
     */
    public DeadLetterPages(CamelContext context, LetterSearch search, Collection<Mapping> mappings) {
        this.context = context;
        this.search = search;
        this.mappings = mappings;
    }

    /**
     * Answers {@code GET dead-letters}: a page of letters without their events, the newest first.
     *
     * @param request the request
     * @param none unused
     * @return the page
     * @throws RefusedRequestException if the query cannot be used, or the letters cannot be read
     */
    public ConsoleAnswer page(ConsoleRequest request, String none) throws RefusedRequestException {
        RequestQuery query = request.parameters(context, with(SELECTION, AFTER, LIMIT));
        LetterSelection selection = selection(query::get);
        LetterCursor after = after(query.get(AFTER));
        int limit = query.number(LIMIT, USUAL_LETTERS, MAX_LETTERS);
        LetterSearch.Page page = page(selection, after, limit);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode letters = answer.putArray("letters");
        page.letters().forEach(letter -> letters.add(shown(letter)));
        return ConsoleAnswer.ok(
                answer.put(AFTER, page.next() == null ? null : page.next().toString()));
    }

    /**
     * Answers {@code GET dead-letters/summary}: the number of letters by mapping and code.
     *
     * @param request the request
     * @param none unused
     * @return the counts
     * @throws RefusedRequestException if the query cannot be used, or the letters cannot be read
     */
    public ConsoleAnswer summary(ConsoleRequest request, String none) throws RefusedRequestException {
        LetterSelection selection = selection(request.parameters(context, SELECTION)::get);
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        Set<String> ids = new HashSet<>();
        LetterCursor after = null;
        long count = 0;
        int pages = 0;
        do {
            LetterSearch.Page page = page(selection, after, 1000);
            for (StoredLetter letter : page.letters()) {
                if (letter.id() == null || ids.add(letter.id())) {
                    count++;
                    counts.computeIfAbsent(String.valueOf(letter.mapping()), first -> new TreeMap<>())
                            .merge(String.valueOf(letter.code()), 1L, Long::sum);
                }
            }
            after = page.next();
        } while (after != null && count < MAX_SUMMED && ++pages < MAX_PAGES);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("letters", count).put("complete", after == null);
        ArrayNode rows = answer.putArray("byMappingAndCode");
        counts.forEach((mapping, codes) -> codes.forEach((code, letters) -> rows.addObject()
                .put("mapping", mapping.equals("null") ? null : mapping)
                .put("code", code.equals("null") ? null : code)
                .put("letters", letters)));
        return ConsoleAnswer.ok(answer);
    }

    /**
     * Answers {@code GET dead-letters/<id>}: a letter as it was written, with its event.
     *
     * @param request the request
     * @param id id of the letter
     * @return the letter
     * @throws RefusedRequestException if the letter does not exist, or the letters cannot be read
     */
    public ConsoleAnswer letter(ConsoleRequest request, String id) throws RefusedRequestException {
        request.parameters(context, Set.of());
        checkPossible();
        try {
            StoredLetter letter = search.find(id);
            if (letter == null) {
                throw new RefusedRequestException(
                        ProblemCode.NOT_FOUND, "There is no dead letter with this ID, or it has been removed.");
            }
            return ConsoleAnswer.ok(letter.json());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * @param fields returns a field of a selection by its name, or null
     * @return the selection
     * @throws RefusedRequestException if a field has an invalid value
     */
    static LetterSelection selection(UnaryOperator<String> fields) throws RefusedRequestException {
        try {
            return new LetterSelection(
                    null,
                    fields.apply("mapping"),
                    fields.apply("code"),
                    fields.apply("text"),
                    fields.apply("messageId"),
                    LetterSelection.from(fields.apply("from")),
                    LetterSelection.to(fields.apply("to")),
                    fields.apply("audience"));
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(ProblemCode.QUERY_INVALID, e.getMessage());
        }
    }

    /** Names of the fields of a selection. */
    static Set<String> selectionFields() {
        return SELECTION;
    }

    /**
     * @param selection which letters to find
     * @param after where to continue, or null
     * @param limit the maximum number of letters
     * @return a page of them
     * @throws RefusedRequestException if they cannot be read
     */
    LetterSearch.Page page(LetterSelection selection, LetterCursor after, int limit) throws RefusedRequestException {
        checkPossible();
        try {
            return search.page(selection, after, limit);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void checkPossible() throws RefusedRequestException {
        if (!search.isPossible()) {
            throw new RefusedRequestException(
                    ProblemCode.DEAD_LETTERS_ELSEWHERE,
                    "Dead letters go to the endpoint in audiences.dead-letter.uri, which is not a folder whose"
                            + " files the bundle names. Look for them there.");
        }
    }

    private static RefusedRequestException unreadable(IOException e) {
        return new RefusedRequestException(
                ProblemCode.DEAD_LETTERS_ELSEWHERE,
                "A file of dead letters could not be read: " + e.getMessage() + ".");
    }

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(List.of(more));
        return all;
    }

    private static LetterCursor after(String text) throws RefusedRequestException {
        try {
            return text == null ? null : LetterCursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID, "after must be the value from the previous answer to the same query.");
        }
    }

    private ObjectNode shown(StoredLetter letter) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        SHOWN.forEach(name -> shown.set(name, letter.json().get(name)));
        String id = null;
        String key = null;
        if (letter.event() instanceof ObjectNode event) {
            for (Mapping mapping : mappings) {
                if (letter.mapping() == null || letter.mapping().equals(mapping.id())) {
                    id = id == null ? mapping.audience().idIn(event) : id;
                    key = key == null ? mapping.audience().keyIn(event) : key;
                }
            }
        }
        shown.put("audienceId", id).put("audienceKey", key);
        JsonNode replay = letter.json().path("source").path("replay");
        shown.put("replayOf", replay.textValue());
        return shown;
    }
}
