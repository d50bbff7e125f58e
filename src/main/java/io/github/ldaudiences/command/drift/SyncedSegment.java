package io.github.ldaudiences.command.drift;

/**
 * A big segment of LaunchDarkly.
 *
 * @param key its key in requests
 * @param name its display name
 * @param contextKind the context kind of its members
 * @param synced whether another tool fills it
 */
record SyncedSegment(String key, String name, String contextKind, boolean synced) {}
