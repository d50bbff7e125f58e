package io.github.ldaudiences.mapping;

/**
 * Gives equal values the same object, so that many changes that wait share what they have in common. It remembers only
 * some, and threads may overwrite each other's: then there are two equal objects, which does no harm.
 *
 * @param <T> immutable, with equals and hashCode
 */
final class Recent<T> {

    private static final int SLOT_BITS = 10;

    private final Object[] slots = new Object[1 << SLOT_BITS];

    /** @return a value that is equal to this one */
    T same(T value) {
        // Hashes of names that are numbered differ in a few bits only: a multiplication spreads them.
        int slot = value.hashCode() * 0x9E3779B9 >>> Integer.SIZE - SLOT_BITS;
        @SuppressWarnings("unchecked") // nothing else is put in
        T known = (T) slots[slot];
        if (value.equals(known)) {
            return known;
        }
        slots[slot] = value;
        return value;
    }
}
