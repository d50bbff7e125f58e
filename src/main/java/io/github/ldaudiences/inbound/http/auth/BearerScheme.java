package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** A token in Authorization. */
final class BearerScheme implements Scheme {

    private final List<byte[]> tokens;

    BearerScheme(List<Secret> tokens) {
        this.tokens = Scheme.bytes(tokens);
    }

    @Override
    public String name() {
        return "Bearer";
    }

    @Override
    public String challenge() {
        return "Bearer realm=\"audiences\"";
    }

    @Override
    public boolean proves(SentHeaders headers, Supplier<byte[]> body) {
        String shown = headers.credentials(name());
        return shown != null && Scheme.isOneOf(shown.getBytes(StandardCharsets.UTF_8), tokens);
    }
}
