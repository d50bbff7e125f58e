package io.github.ldaudiences.batch;

/**
 * How large a batch may be.
 *
 * @param maxMembers the maximum number of people in one request, at least 1
 * @param fullBytes the size in bytes at which a batch counts as full
 */
public record BatchLimits(int maxMembers, long fullBytes) {

    /** One member takes at most this part of a request: a batch counts as full while one more member still fits. */
    private static final int HEADROOM_PART = 16;

    /**
     * @param maxMembers the maximum number of people in one request, at least 1
     * @param maxBytes the maximum size of a request in bytes
     * @return the limits
     */
    public static BatchLimits of(int maxMembers, long maxBytes) {
        return new BatchLimits(maxMembers, maxBytes - maxBytes / HEADROOM_PART);
    }

    boolean isFull(int members, long bytes) {
        return members >= maxMembers || bytes >= fullBytes;
    }
}
