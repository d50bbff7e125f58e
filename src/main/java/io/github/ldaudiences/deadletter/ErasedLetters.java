package io.github.ldaudiences.deadletter;

import java.util.Set;

/**
 * What became of the letters about a person.
 *
 * @param removed how many were removed
 * @param mentions how many mention the person and were left, for they are about others, too, or cannot be read
 * @param mentionedIn names of the files that hold these
 */
public record ErasedLetters(long removed, long mentions, Set<String> mentionedIn) {}
