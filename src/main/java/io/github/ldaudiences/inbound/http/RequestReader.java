package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;

/** Finds the events in an HTTP request. */
@FunctionalInterface
public interface RequestReader {

    /**
     * The parts of a request that are needed.
     *
     * @param mediaType the media type of its body
     * @param query what follows the question mark, or null
     * @param source the request, as the source of its events
     * @param body the body, to be read after all other checks
     */
    record Request(MediaType mediaType, String query, RequestSource source, ExpandedBody body) {}

    /**
     * @param request the request
     * @param receipt the receipt that its sender waits for
     * @return the events, and what could not be read as one
     * @throws RefusedRequestException if the request is not acceptable here
     * @throws UnreadableBodyException if nothing in the body could be read as an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    ReadEvents read(Request request, Receipt receipt)
            throws RefusedRequestException, UnreadableBodyException, TooManyEventsException;
}
