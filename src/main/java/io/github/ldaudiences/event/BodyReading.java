package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;

/** Reads a body that is one document or has one on each line. */
final class BodyReading {

    private final FoundEvents found;
    private final DocumentReading document;
    private final byte[] bytes;

    /**
     * @param found is given the events
     * @param document reads the documents
     */
    BodyReading(FoundEvents found, DocumentReading document) {
        this.found = found;
        this.document = document;
        this.bytes = found.body().bytes();
    }

    /**
     * Reads the whole body as one JSON document.
     *
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if it is not JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    ReadEvents json() throws UnreadableBodyException, TooManyEventsException {
        try {
            document.read(afterByteOrderMark(bytes, 0, bytes.length), bytes.length);
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException(document.notJson("body", 0, bytes.length, e));
        } catch (IOException e) {
            throw new UnreadableBodyException(DocumentReading.couldNotBeRead(e));
        }
        return found.result();
    }

    /**
     * Reads all lines of the body, each one JSON document.
     *
     * @return the events, and the lines that could not be read
     * @throws UnreadableBodyException if no line could be read
     * @throws TooManyEventsException if there are more events than allowed
     */
    ReadEvents lines() throws UnreadableBodyException, TooManyEventsException {
        int from = afterByteOrderMark(bytes, 0, bytes.length);
        while (from < bytes.length) {
            int to = endOfLine(bytes, from);
            if (!isBlank(bytes, from, to)) {
                line(from, to);
            }
            from = to + 1;
        }
        return found.result();
    }

    /**
     * Reads all lines of the body. Each line that cannot be read, or that holds more events than allowed, is one unreadable
     * event.
     *
     * @return the events, and the lines that could not be read
     */
    ReadEvents eachLine() {
        int from = afterByteOrderMark(bytes, 0, bytes.length);
        while (from < bytes.length) {
            int to = endOfLine(bytes, from);
            if (!isBlank(bytes, from, to)) {
                lineByItself(from, to);
            }
            from = to + 1;
        }
        return found.announced();
    }

    private void lineByItself(int from, int to) {
        int eventsBefore = found.events().size();
        int unreadableBefore = found.unreadable().size();
        found.countAnew();
        try {
            line(from, to);
        } catch (TooManyEventsException e) {
            found.forgetSince(eventsBefore, unreadableBefore);
            found.reject(
                    eventsBefore + unreadableBefore,
                    from,
                    to,
                    new Problem(
                            ProblemCode.TOO_MANY_EVENTS,
                            "The line holds more than " + found.limits().maxEvents() + " events."));
        }
    }

    private void line(int from, int to) throws TooManyEventsException {
        int eventsBefore = found.events().size();
        int unreadableBefore = found.unreadable().size();
        Problem problem;
        try {
            document.read(from, to);
            return;
        } catch (JsonProcessingException e) {
            problem = document.notJson("line", from, to, e);
        } catch (IOException e) {
            problem = DocumentReading.couldNotBeRead(e);
        } catch (UnreadableBodyException e) {
            problem = e.problem();
        }
        found.forgetSince(eventsBefore, unreadableBefore);
        found.reject(from, to, problem);
    }

    private static int endOfLine(byte[] body, int from) {
        int to = from;
        while (to < body.length && body[to] != '\n') {
            to++;
        }
        return to;
    }

    static int afterByteOrderMark(byte[] body, int from, int to) {
        boolean marked = to - from >= 3
                && body[from] == (byte) 0xEF
                && body[from + 1] == (byte) 0xBB
                && body[from + 2] == (byte) 0xBF;
        return marked ? from + 3 : from;
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
