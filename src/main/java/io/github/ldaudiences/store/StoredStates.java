package io.github.ldaudiences.store;

/** The states in a store, to be read. */
public interface StoredStates {

    /**
     * @param query which states are asked for
     * @param after where to go on, or null to begin
     * @param limit how many at most, at least 1; they are all in memory
     * @return the next states
     * @throws StoreAwayException if the store does not answer
     */
    StatePage page(StateQuery query, StateCursor after, int limit) throws StoreAwayException;
}
