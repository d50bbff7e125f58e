package io.github.ldaudiences.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The line of one audience's batches, in the order in which they are sent. The lock of the {@link AudienceLanes} guards
 * it.
 *
 * <p>It finds a person's newest entry. Looking into every batch would take longer the more batches wait: thousands do
 * where batching is off. So a long line has an index of its people.
 */
final class Lane implements Iterable<AudienceLanes.Place> {

    /** The maximum number of batches that are searched one by one. Few lines ever get longer where batching is on. */
    private static final int SEARCHED = 4;

    private final String key;
    private final Deque<AudienceLanes.Place> places = new ArrayDeque<>(2);
    private Map<String, Member> index; // newest entry by context key; null if there is none

    /** @param key correlation key of the audience */
    Lane(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    void add(AudienceLanes.Place place) {
        places.add(place);
    }

    /** @return the place at the head, or null if there is none */
    AudienceLanes.Place first() {
        return places.peekFirst();
    }

    /** @return the place that was added last, or null if there is none */
    AudienceLanes.Place last() {
        return places.peekLast();
    }

    /** @return the number of entries in all batches */
    int size() {
        return places.stream().mapToInt(place -> place.batch().size()).sum();
    }

    @Override
    public Iterator<AudienceLanes.Place> iterator() {
        return places.iterator();
    }

    /**
     * @param contextKey a person
     * @return the person's entry in the last batch that has one, or null
     */
    Member newest(String contextKey) {
        if (index == null && places.size() > SEARCHED) {
            index = new HashMap<>();
            // A later batch replaces the entries of earlier ones.
            places.forEach(place -> place.batch().members().forEach(this::entered));
        }
        if (index != null) {
            return index.get(contextKey);
        }
        for (Iterator<AudienceLanes.Place> last = places.descendingIterator(); last.hasNext(); ) {
            Member member = last.next().batch().member(contextKey);
            if (member != null) {
                return member;
            }
        }
        return null;
    }

    /** @param member an entry that the last batch has now */
    void entered(Member member) {
        if (index != null) {
            index.put(member.contextKey(), member);
        }
    }

    /**
     * @param merged an entry whose events another entry of the same person has taken over
     * @param into that other entry
     */
    void merged(Member merged, Member into) {
        if (index != null) {
            index.replace(merged.contextKey(), merged, into);
        }
    }

    /** @param member an entry that no batch has any more */
    void left(Member member) {
        if (index != null) {
            index.remove(member.contextKey(), member);
        }
    }

    /**
     * Removes a batch with the entries that it still has.
     *
     * @param place the place of the batch
     * @return false if it had been removed before
     */
    boolean remove(AudienceLanes.Place place) {
        if (!places.remove(place)) {
            return false;
        }
        if (places.size() <= 1) {
            index = null; // a map that has been large stays large
        } else {
            place.batch().members().forEach(this::left);
        }
        return true;
    }
}
