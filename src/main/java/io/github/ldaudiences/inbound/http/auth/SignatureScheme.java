package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Segment's signature: the HMAC-SHA1 of the whole body, in hexadecimal. Of an array, Segment signs only the first
 * event, so arrays from Segment are not authenticated by it.
 */
final class SignatureScheme implements Scheme {

    static final String ALGORITHM = "HmacSHA1";
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F]{40}");

    private final List<SecretKeySpec> keys;

    SignatureScheme(List<Secret> secrets) {
        keys = Scheme.bytes(secrets).stream()
                .map(bytes -> new SecretKeySpec(bytes, ALGORITHM))
                .toList();
    }

    @Override
    public String name() {
        return SentHeaders.SIGNATURE;
    }

    @Override
    public String challenge() {
        return SentHeaders.SIGNATURE + " realm=\"audiences\"";
    }

    @Override
    public boolean proves(SentHeaders headers, Supplier<byte[]> body) {
        String shown = headers.single(SentHeaders.SIGNATURE);
        if (shown == null || !HEXADECIMAL.matcher(shown).matches()) {
            return false;
        }
        byte[] content = body.get();
        return Scheme.isOneOf(
                HexFormat.of().parseHex(shown),
                keys.stream().map(key -> sign(key, content)).toList());
    }

    static byte[] sign(SecretKeySpec key, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
