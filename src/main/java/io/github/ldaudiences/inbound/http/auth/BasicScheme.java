package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/** Basic authentication: a user and a password in Authorization. */
final class BasicScheme implements Scheme {

    private final List<byte[]> credentials;

    /** @param credentials entries of user:password */
    BasicScheme(List<Secret> credentials) {
        this.credentials = Scheme.bytes(credentials);
    }

    @Override
    public String name() {
        return "Basic";
    }

    @Override
    public String challenge() {
        return "Basic realm=\"audiences\", charset=\"UTF-8\"";
    }

    @Override
    public boolean proves(SentHeaders headers, Supplier<byte[]> body) {
        String shown = headers.credentials(name());
        if (shown == null) {
            return false;
        }
        try {
            // User and password are compared as one text: an unknown user takes as long as a wrong password.
            return Scheme.isOneOf(Base64.getDecoder().decode(shown), credentials);
        } catch (IllegalArgumentException e) {
            return false; // not Base64
        }
    }
}
