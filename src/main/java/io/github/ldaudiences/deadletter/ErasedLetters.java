package io.github.ldaudiences.deadletter;

import java.util.Set;

/**
 * The result of erasing the letters about a person.
 *
 * @param removed how many were removed
 * @param mentions how many mention the person and were kept, because they are about others as well or cannot be read
 * @param mentionedIn names of the files that hold the kept letters
 */
public record ErasedLetters(long removed, long mentions, Set<String> mentionedIn) {}
