package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;

/** Authenticates requests to a running bundle: the client side of {@link Authenticate}. */
public final class SenderProof {

    private final List<Secret> signatureSecrets;
    private final List<Secret> basicCredentials;
    private final List<Secret> bearerTokens;

    /**
     * @param signatureSecrets Segment's shared secrets that the bundle accepts
     * @param basicCredentials entries of user:password that it accepts
     * @param bearerTokens tokens that it accepts
     */
    public SenderProof(List<Secret> signatureSecrets, List<Secret> basicCredentials, List<Secret> bearerTokens) {
        this.signatureSecrets = signatureSecrets;
        this.basicCredentials = basicCredentials;
        this.bearerTokens = bearerTokens;
    }

    /**
     * @param body the whole body of the request
     * @return the header that authenticates it, with its value; empty if the bundle does not require authentication
     */
    public Map<String, String> headers(byte[] body) {
        if (!bearerTokens.isEmpty()) {
            return Map.of(
                    SentHeaders.AUTHORIZATION, "Bearer " + bearerTokens.get(0).reveal());
        }
        if (!basicCredentials.isEmpty()) {
            byte[] credentials = basicCredentials.get(0).reveal().getBytes(StandardCharsets.UTF_8);
            return Map.of(
                    SentHeaders.AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        if (!signatureSecrets.isEmpty()) {
            byte[] secret = Scheme.bytes(signatureSecrets).get(0);
            byte[] signature = SignatureScheme.sign(new SecretKeySpec(secret, SignatureScheme.ALGORITHM), body);
            return Map.of(SentHeaders.SIGNATURE, HexFormat.of().formatHex(signature));
        }
        return Map.of();
    }
}
