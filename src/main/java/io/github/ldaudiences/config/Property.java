package io.github.ldaudiences.config;

/**
 * One property that a user may set.
 *
 * @param <T> the type of its parsed value
 * @param key its name; {@code <id>} stands for the name of a mapping or a destination
 * @param defaultValue its default value, which may contain placeholders
 * @param type which values are allowed
 * @param secret whether its value must never be shown
 * @param meaning what it is for, with its unit
 */
public record Property<T>(String key, String defaultValue, ValueType<T> type, boolean secret, String meaning) {

    static final String ID = "<id>";

    /** @return the values that are allowed, in words */
    public String allowed() {
        return type.allowed();
    }

    /** @return whether there is one such property for each mapping or destination */
    boolean isPerInstance() {
        return key.contains(ID);
    }

    /**
     * @param text a configured value
     * @return the parsed value
     * @throws IllegalArgumentException if it is not allowed; the message may have details
     */
    public T parse(String text) {
        return type.parser().apply(text);
    }

    /**
     * @param id the mapping or destination
     * @return the key with this id
     */
    public String key(String id) {
        return key.replace(ID, id);
    }

    /** @return the key of the property that names a file with the value of this secret */
    String fileKey() {
        return fileKey(key);
    }

    /**
     * @param key the key of a secret, for a mapping or destination if there is one for each
     * @return the key of the property that names its file
     */
    static String fileKey(String key) {
        return key + "-file";
    }

    /** @return the part of the key before the id */
    String prefix() {
        return key.substring(0, key.indexOf(ID));
    }

    /** @return the part of the key after the id, with its dot */
    String suffix() {
        return key.substring(key.indexOf(ID) + ID.length());
    }
}
