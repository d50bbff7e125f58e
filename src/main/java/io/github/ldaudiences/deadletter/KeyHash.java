package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.event.Concealed;
import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Hashes context keys. Equal keys have equal hashes, and a hash can be traced to a key only with the salt. */
public final class KeyHash {

    private static final String ALGORITHM = "HmacSHA256";

    private final Secret salt;

    /** @param salt the key of the hash, not empty */
    public KeyHash(Secret salt) {
        this.salt = salt;
    }

    /**
     * @param contextKey a context key
     * @return the hash that replaces it
     */
    String of(String contextKey) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(salt.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            byte[] hash = mac.doFinal(contextKey.getBytes(StandardCharsets.UTF_8));
            return Concealed.HASH_PREFIX + HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
