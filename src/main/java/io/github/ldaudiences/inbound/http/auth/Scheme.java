package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Supplier;

/** One way in which a sender can authenticate. */
interface Scheme {

    /** @return its name, for the start-up report */
    String name();

    /** @return its challenge in WWW-Authenticate */
    String challenge();

    /**
     * @param headers of the request
     * @param body of the request, as it was sent
     * @return whether the request is authenticated
     */
    boolean proves(SentHeaders headers, Supplier<byte[]> body);

    /** Converts secrets to the bytes that are compared. */
    static List<byte[]> bytes(List<Secret> secrets) {
        return secrets.stream()
                .map(secret -> secret.reveal().getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** Takes the same time whichever secret matches, and however much of it. */
    static boolean isOneOf(byte[] shown, List<byte[]> known) {
        boolean equal = false;
        for (byte[] one : known) {
            equal |= MessageDigest.isEqual(shown, one);
        }
        return equal;
    }
}
