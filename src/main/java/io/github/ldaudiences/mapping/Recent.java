package io.github.ldaudiences.mapping;

/**
 * Remembers some values by a name, so that many changes that wait share what they have in common. Two names may share a
 * place, so what is found need not be of the name. Threads may overwrite each other's: then there are two equal objects,
 * which does no harm.
 *
 * @param <T> immutable
 */
final class Recent<T> {

    private static final int SLOT_BITS = 10;

    private final Object[] slots = new Object[1 << SLOT_BITS];

    /** @return the value that was put last under this name, or under another one in the same place; null if none was */
    @SuppressWarnings("unchecked") // nothing else is put in
    T get(String name) {
        return (T) slots[slot(name)];
    }

    /** @return the value */
    T put(String name, T value) {
        slots[slot(name)] = value;
        return value;
    }

    /** Hashes of names that are numbered differ in a few bits only: a multiplication spreads them. */
    private static int slot(String name) {
        return name.hashCode() * 0x9E3779B9 >>> Integer.SIZE - SLOT_BITS;
    }
}
