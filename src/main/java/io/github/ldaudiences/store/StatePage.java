package io.github.ldaudiences.store;

import java.util.List;

/**
 * Some of the states that are asked for.
 *
 * @param states the states, in the order of the store
 * @param next where the next page begins, or null if these are the last
 */
public record StatePage(List<StoredState> states, StateCursor next) {}
