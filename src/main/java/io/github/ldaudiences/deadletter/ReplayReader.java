package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestReader;
import io.github.ldaudiences.inbound.http.RequestSource;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads replayed dead letters, one on each line, and directs their events to the mappings that rejected them. A problem
 * with one letter does not affect the others.
 */
public final class ReplayReader implements RequestReader {

    /** Field of a replayed event's source: the id of its dead letter. */
    static final String REPLAY = "replay";

    private final EventReader reader;
    private final int maxEvents;
    private final Function<String, Problem> mappingProblem;
    private final BiFunction<String, ObjectNode, String> eventProblem;

    /**
     * @param reader reads the content of a letter
     * @param maxEvents the maximum number of events in one request, at least 1
     * @param mappingProblem says why the mapping with an id accepts no events; null if it accepts them
     * @param eventProblem says why the mapping with an id, or for null all mappings, cannot use the event as the letter
     *     shows it; null if they can
     */
    public ReplayReader(
            EventReader reader,
            int maxEvents,
            Function<String, Problem> mappingProblem,
            BiFunction<String, ObjectNode, String> eventProblem) {
        this.reader = reader;
        this.maxEvents = maxEvents;
        this.mappingProblem = mappingProblem;
        this.eventProblem = eventProblem;
    }

    @Override
    public ReadEvents read(Request request, Receipt receipt)
            throws RefusedRequestException, UnreadableBodyException, TooManyEventsException {
        if (!request.mediaType().isLines()) {
            throw new RefusedRequestException(
                    ProblemCode.CONTENT_TYPE_NOT_SUPPORTED,
                    "The content type must be application/x-ndjson, in UTF-8: one dead letter on each line.");
        }
        boolean forced = isForced(request.query());
        ReadEvents read = ReadEvents.none();
        byte[] body = request.body().bytes();
        int letters = 0;
        Problem firstProblem = null;
        int to;
        for (int from = 0; from < body.length; from = to + 1) {
            to = endOfLine(body, from);
            if (isBlank(body, from, to)) {
                continue;
            }
            try {
                ReplayedLetter letter = ReplayedLetter.read(body, from, to);
                read.add(open(letter, forced, request.source().id(), read.size(), receipt));
                letters++;
            } catch (NoDeadLetterException e) {
                firstProblem = firstProblem == null ? e.problem() : firstProblem;
                EventBody line = new EventBody(Arrays.copyOfRange(body, from, to), request.source());
                read.add(EventReader.unreadable(e.problem(), line, read.size(), receipt));
            }
            if (read.size() > maxEvents) {
                throw new TooManyEventsException(maxEvents);
            }
        }
        if (letters == 0 && firstProblem != null) {
            throw new UnreadableBodyException(firstProblem.in("Nothing in the body is a dead letter. "));
        }
        return read;
    }

    private ReadEvents open(ReplayedLetter letter, boolean forced, String requestId, int index, Receipt receipt) {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put(REPLAY, letter.id());
        place.put(RequestSource.REQUEST, requestId);
        place.put(DeadLetterLine.SOURCE, letter.firstSource());
        Replay replay =
                new Replay(letter.arrived().toEpochMilli(), letter.mapping(), forced, letter.eventType(), place);
        ReadEvents read = reader.readReplayed(new EventBody(letter.content(), replay), index, receipt);
        Problem problem = letter.mapping() == null ? null : mappingProblem.apply(letter.mapping());
        ReadEvents usable = ReadEvents.none();
        usable.unreadable().addAll(read.unreadable());
        for (SegmentEvent event : read.events()) {
            SegmentEvent parsed = event.parsed();
            Problem each = problem == null ? withheld(letter.mapping(), parsed.json()) : problem;
            if (each == null) {
                usable.events().add(parsed);
            } else {
                usable.unreadable().add(new RejectedEvent(event.origin(), each, letter.mapping(), null).announce());
            }
        }
        return usable;
    }

    private Problem withheld(String mapping, ObjectNode event) {
        String sentence = eventProblem.apply(mapping, event);
        return sentence == null ? null : new Problem(ProblemCode.EVENT_REDACTED, sentence);
    }

    private static boolean isForced(String query) throws RefusedRequestException {
        if (query == null || query.isEmpty() || query.equals("force=false")) {
            return false;
        }
        if (query.equals("force=true")) {
            return true;
        }
        throw new RefusedRequestException(
                ProblemCode.QUERY_INVALID, "The query may be force=true or force=false, and nothing else.");
    }

    private static int endOfLine(byte[] body, int from) {
        int to = from;
        while (to < body.length && body[to] != '\n') {
            to++;
        }
        return to;
    }

    private static boolean isBlank(byte[] body, int from, int to) {
        for (int i = from; i < to; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
