package io.github.ldaudiences.store;

/** Reads the states in a store. */
public interface StoredStates {

    /**
     * @param query which states to read
     * @param after where to continue, or null to begin
     * @param limit the maximum number, at least 1; they are all held in memory
     * @return the next states
     * @throws StoreAwayException if the store does not answer
     */
    StatePage page(StateQuery query, StateCursor after, int limit) throws StoreAwayException;
}
