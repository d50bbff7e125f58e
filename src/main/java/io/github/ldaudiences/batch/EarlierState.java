package io.github.ldaudiences.batch;

/**
 * The newest state of one person in one audience that is known from before this process started, or from other
 * processes.
 *
 * @param member whether they are a member
 * @param eventTime when the event with that state happened, in epoch milliseconds
 * @param certain whether it is certain that LaunchDarkly has this state, and has received no unknown state since
 */
public record EarlierState(boolean member, long eventTime, boolean certain) {}
