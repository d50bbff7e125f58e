package io.github.ldaudiences.event;

/**
 * Limits for a body and an event.
 *
 * @param maxEvents most events in one body, at least 1
 * @param maxEventBytes most bytes in one event, at least 1
 * @param maxEventDepth most levels of nesting in one event, at least 1
 */
public record EventLimits(int maxEvents, int maxEventBytes, int maxEventDepth) {}
