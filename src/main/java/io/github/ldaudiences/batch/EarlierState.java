package io.github.ldaudiences.batch;

/**
 * The newest state of one person in one audience that is known from before this process, or from other processes.
 *
 * @param member whether they are a member
 * @param eventTime when the event happened that said so, in epoch milliseconds
 * @param certain whether LaunchDarkly surely had it, and had nothing else since that is not known
 */
public record EarlierState(boolean member, long eventTime, boolean certain) {}
