package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.RejectedEvent;
import java.util.List;

/**
 * What one mapping made of a chunk of events.
 *
 * @param changes the membership changes, in the order of the events
 * @param rejected the events that the mapping cannot use
 */
public record MappedEvents(List<MembershipChange> changes, List<RejectedEvent> rejected) {}
