package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.deadletter.LetterCursor;
import io.github.ldaudiences.deadletter.LetterSearch;
import io.github.ldaudiences.deadletter.LetterSelection;
import io.github.ldaudiences.deadletter.StoredLetter;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** Replays dead letters of the folder, through the route that also accepts replays from callers. */
public final class DeadLetterReplay implements ConsoleApi.Resource {

    /** The route that replays dead letters. */
    private static final String ROUTE = "direct:replay";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DeadLetterPages letters;
    private final ProducerTemplate route;
    private final int maxLetters;
    private final long maxBytes;

    /**
     * @param letters finds the letters
     * @param route sends to the route
     * @param maxLetters the maximum number of letters in one replay
     * @param maxBytes the maximum size of these letters in bytes
     */
    public DeadLetterReplay(DeadLetterPages letters, ProducerTemplate route, int maxLetters, long maxBytes) {
        this.letters = letters;
        this.route = route;
        this.maxLetters = maxLetters;
        this.maxBytes = maxBytes;
    }

    /**
     * Replays letters: those with the given ids, or those of a selection if their number is what the sender has seen.
     *
     * @throws RefusedRequestException if there are other letters, or too many
     */
    @Override
    public ConsoleAnswer answer(ConsoleRequest request, String none) throws RefusedRequestException {
        ObjectNode body = request.json(Set.of("ids", "selection", "count", "force"));
        if (body.has("ids") == body.has("selection")) {
            throw invalid("The body must have either ids or selection.");
        }
        JsonNode force = body.path("force");
        if (!force.isMissingNode() && !force.isBoolean()) {
            throw invalid("force must be true or false.");
        }
        List<StoredLetter> found = body.has("ids") ? ofIds(body) : ofSelection(body);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (StoredLetter letter : found) {
            lines.writeBytes(letter.line());
            lines.write('\n');
        }
        return send(lines.toByteArray(), force.asBoolean());
    }

    private List<StoredLetter> ofIds(ObjectNode body) throws RefusedRequestException {
        if (body.has("count")) {
            throw invalid("count is allowed with selection only, not with ids.");
        }
        Set<String> ids = new TreeSet<>();
        for (JsonNode id : body.path("ids")) {
            if (!id.isTextual() || !id.textValue().matches("[A-Za-z0-9_-]{1,100}")) {
                throw invalid("ids must be a list of ids of dead letters.");
            }
            ids.add(id.textValue());
        }
        if (!body.path("ids").isArray() || ids.isEmpty() || ids.size() > maxLetters) {
            throw invalid("ids must be a list of 1 to " + maxLetters + " ids of dead letters.");
        }
        Map<String, StoredLetter> found = find(LetterSelection.ofIds(ids), ids.size());
        if (found.size() < ids.size()) {
            ids.removeAll(found.keySet());
            throw new RefusedRequestException(
                    ProblemCode.NOT_FOUND,
                    "Nothing was sent, because these dead letters do not exist or have been removed: "
                            + String.join(", ", ids) + ".");
        }
        return oldestFirst(found);
    }

    private List<StoredLetter> ofSelection(ObjectNode body) throws RefusedRequestException {
        JsonNode fields = body.path("selection");
        if (!(fields instanceof ObjectNode)
                || !body.path("count").canConvertToInt()
                || !body.path("count").isInt()) {
            throw invalid("selection must be an object, and count a whole number: how many letters the selection had"
                    + " when you looked.");
        }
        for (Iterator<Map.Entry<String, JsonNode>> each = fields.fields(); each.hasNext(); ) {
            Map.Entry<String, JsonNode> field = each.next();
            if (!DeadLetterPages.selectionFields().contains(field.getKey())
                    || !field.getValue().isTextual()) {
                throw invalid("selection may have the texts "
                        + String.join(", ", new TreeSet<>(DeadLetterPages.selectionFields())) + ", and nothing else.");
            }
        }
        int count = body.path("count").intValue();
        if (count < 1 || count > maxLetters) {
            throw invalid("count must be from 1 to " + maxLetters + ". To send more, use the command replay.");
        }
        Map<String, StoredLetter> found =
                find(DeadLetterPages.selection(name -> fields.path(name).textValue()), count + 1);
        if (found.size() != count) {
            throw new RefusedRequestException(
                    ProblemCode.SELECTION_CHANGED,
                    "Nothing was sent, because the selection has " + (found.size() > count ? "more" : "fewer")
                            + " than " + count + " letters now. Look at them again.");
        }
        return oldestFirst(found);
    }

    /** Indexed by id, because a letter may have been written twice. */
    private Map<String, StoredLetter> find(LetterSelection selection, int limit) throws RefusedRequestException {
        Map<String, StoredLetter> found = new LinkedHashMap<>();
        LetterCursor after = null;
        long bytes = 0;
        do {
            LetterSearch.Page page = letters.page(selection, after, limit - found.size());
            for (StoredLetter letter : page.letters()) {
                String key = letter.id() == null ? "line " + found.size() : letter.id();
                bytes += found.putIfAbsent(key, letter) == null ? letter.line().length + 1 : 0;
            }
            if (bytes > maxBytes) {
                throw new RefusedRequestException(
                        ProblemCode.BODY_TOO_LARGE,
                        "The letters have more than " + maxBytes + " bytes together. Send fewer at a time, or use the"
                                + " command replay.");
            }
            after = page.next();
        } while (after != null && found.size() < limit);
        return found;
    }

    private static List<StoredLetter> oldestFirst(Map<String, StoredLetter> found) {
        List<StoredLetter> letters = new ArrayList<>(found.values());
        Collections.reverse(letters);
        return letters;
    }

    private ConsoleAnswer send(byte[] lines, boolean force) {
        Exchange exchange = route.request(ROUTE, sent -> {
            sent.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/x-ndjson");
            sent.getMessage().setHeader(Exchange.HTTP_QUERY, force ? "force=true" : null);
            sent.getMessage().setBody(lines);
        });
        if (exchange.getException() != null) {
            return ConsoleAnswer.problem(
                    ProblemCode.NOT_RUNNING, "The bundle is stopping, or the route replay has been stopped.");
        }
        try {
            Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
            Object retryAfter = exchange.getMessage().getHeader("Retry-After");
            return new ConsoleAnswer(
                    null, // the route counts what it refuses
                    status == null ? 200 : status,
                    retryAfter == null ? Map.of() : Map.of("Retry-After", List.of(retryAfter.toString())),
                    JSON.readTree(exchange.getMessage().getBody(byte[].class)));
        } catch (IOException e) {
            throw new IllegalStateException(e); // the route answers with JSON
        }
    }

    private static RefusedRequestException invalid(String sentence) {
        return new RefusedRequestException(ProblemCode.QUERY_INVALID, sentence);
    }
}
