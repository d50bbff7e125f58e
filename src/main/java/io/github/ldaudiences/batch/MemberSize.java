package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;

/** Computes how many bytes a member takes in a request to LaunchDarkly, without serializing it. */
final class MemberSize {

    /** {@code {"userId":"","cohortName":"","cohortId":"","value":false},}. */
    private static final int FRAME = 58;

    private MemberSize() {}

    /** @return bytes; exact except for the first letter of the cohort name, which may take a few more in upper case */
    static int of(MembershipChange change) {
        return FRAME
                + json(change.contextKey())
                + json(change.audienceKey())
                + json(change.audience().id());
    }

    /** Returns the UTF-8 bytes of the text as a JSON string, without its quotes. */
    private static int json(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("\"\\\b\t\n\f\r".indexOf(c) >= 0) {
                bytes += 2;
            } else if (c < 0x20) {
                bytes += 6;
            } else if (c < 0x80) {
                bytes += 1;
            } else if (Character.isSurrogate(c)) {
                bytes += 6; // written as an escape
            } else if (c < 0x800) {
                bytes += 2;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }
}
