package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One Segment call, as filters and mappings see it.
 *
 * @param json the call, with the outer context of its body merged in
 * @param origin what is kept of it until it is settled
 */
public record SegmentEvent(ObjectNode json, EventOrigin origin) {}
