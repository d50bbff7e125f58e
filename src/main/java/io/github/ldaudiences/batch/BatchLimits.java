package io.github.ldaudiences.batch;

/**
 * How large a batch may be.
 *
 * @param maxMembers most people in one request, at least 1
 * @param fullBytes from how many bytes on a batch counts as full
 */
public record BatchLimits(int maxMembers, long fullBytes) {

    /** One member may take at most this part of a request: a batch is full while one more is sure to fit. */
    private static final int HEADROOM_PART = 16;

    /**
     * @param maxMembers most people in one request, at least 1
     * @param maxBytes most bytes in one request
     * @return the limits
     */
    public static BatchLimits of(int maxMembers, long maxBytes) {
        return new BatchLimits(maxMembers, maxBytes - maxBytes / HEADROOM_PART);
    }

    boolean isFull(int members, long bytes) {
        return members >= maxMembers || bytes >= fullBytes;
    }
}
