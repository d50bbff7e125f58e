package io.github.ldaudiences.inbound.auth;

import io.github.ldaudiences.destination.Secret;
import java.util.ArrayList;
import java.util.List;

/**
 * What proves requests.
 *
 * @param signatureSecrets what Segment signs bodies with
 * @param basicCredentials user, colon, password
 * @param bearerTokens tokens
 * @param writeKeys what Segment's libraries send
 */
public record SenderSecrets(
        List<Secret> signatureSecrets,
        List<Secret> basicCredentials,
        List<Secret> bearerTokens,
        List<Secret> writeKeys) {

    /** @return a scheme for each kind of which there are any */
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
