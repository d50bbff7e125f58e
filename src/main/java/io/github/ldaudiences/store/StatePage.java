package io.github.ldaudiences.store;

import java.util.List;

/**
 * A page of states.
 *
 * @param states the states, in the order of the store
 * @param next where the next page begins, or null if these are the last
 */
public record StatePage(List<StoredState> states, StateCursor next) {}
