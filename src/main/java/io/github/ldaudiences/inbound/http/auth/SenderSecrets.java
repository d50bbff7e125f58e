package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.util.ArrayList;
import java.util.List;

/**
 * The secrets that authenticate requests.
 *
 * @param signatureSecrets secrets with which Segment signs bodies
 * @param basicCredentials entries of user:password
 * @param bearerTokens tokens
 * @param writeKeys write keys that libraries for Segment's API send
 */
public record SenderSecrets(
        List<Secret> signatureSecrets,
        List<Secret> basicCredentials,
        List<Secret> bearerTokens,
        List<Secret> writeKeys) {

    /** @return a scheme for each kind of secret that is configured */
    List<Scheme> schemes() {
        List<Scheme> schemes = new ArrayList<>();
        if (!signatureSecrets.isEmpty()) {
            schemes.add(new SignatureScheme(signatureSecrets));
        }
        if (!basicCredentials.isEmpty()) {
            schemes.add(new BasicScheme(basicCredentials));
        }
        if (!bearerTokens.isEmpty()) {
            schemes.add(new BearerScheme(bearerTokens));
        }
        if (!writeKeys.isEmpty()) {
            schemes.add(new WriteKeyScheme(writeKeys));
        }
        return List.copyOf(schemes);
    }
}
