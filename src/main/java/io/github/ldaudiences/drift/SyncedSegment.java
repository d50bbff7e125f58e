package io.github.ldaudiences.drift;

/**
 * A big segment of LaunchDarkly.
 *
 * @param key what it is asked for by
 * @param name what people see
 * @param contextKind of those in it
 * @param synced whether another tool fills it
 */
record SyncedSegment(String key, String name, String contextKind, boolean synced) {}
