package io.github.ldaudiences.mapping;

/**
 * Caches values by name, so that waiting changes share common values. Two names may share a slot, so a value that is
 * found may belong to another name. Threads may overwrite each other's values: the only effect is two equal objects.
 *
 * @param <T> an immutable type
 */
final class Recent<T> {

    private static final int SLOT_BITS = 10;

    private final Object[] slots = new Object[1 << SLOT_BITS];

    /**
     * @return the value that was last stored in the slot of this name, possibly under another name; null if there is
     *     none
     */
    @SuppressWarnings("unchecked") // nothing else is put in
    T get(String name) {
        return (T) slots[slot(name)];
    }

    /** @return the value */
    T put(String name, T value) {
        slots[slot(name)] = value;
        return value;
    }

    /** Multiplies to spread the hashes: those of numbered names differ in a few bits only. */
    private static int slot(String name) {
        return name.hashCode() * 0x9E3779B9 >>> Integer.SIZE - SLOT_BITS;
    }
}
