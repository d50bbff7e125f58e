package io.github.ldaudiences.inbound.http.auth;

import io.github.ldaudiences.inbound.http.SegmentCall;
import io.github.ldaudiences.inbound.http.WriteKeysInBody;
import io.github.ldaudiences.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A write key, as libraries send it: in Authorization, as a user without a password (Segment, RudderStack), in the body,
 * in {@code writeKey} (Segment), or in {@code X-Write-Key} (Jitsu). It authenticates only calls of Segment's API.
 * Compressed bodies are not searched, because nothing is decompressed for an unauthenticated sender.
 */
final class WriteKeyScheme implements Scheme {

    private final List<byte[]> keys;
    private final BasicScheme users;

    /** @param keys of letters, digits and -._~: only, which JSON does not escape */
    WriteKeyScheme(List<Secret> keys) {
        this.keys = Scheme.bytes(keys);
        this.users = new BasicScheme(
                keys.stream().map(key -> new Secret(key.reveal() + ":")).toList());
    }

    @Override
    public String name() {
        return "write key";
    }

    @Override
    public String challenge() {
        return users.challenge();
    }

    @Override
    public boolean proves(SentHeaders headers, Supplier<byte[]> body) {
        return SegmentCall.at(headers.askedPath()) != null
                && (users.proves(headers, body) || isInHeader(headers) || isInBody(body.get()));
    }

    private boolean isInHeader(SentHeaders headers) {
        String shown = headers.single(SentHeaders.WRITE_KEY);
        return shown != null && Scheme.isOneOf(shown.getBytes(StandardCharsets.UTF_8), keys);
    }

    private boolean isInBody(byte[] body) {
        boolean[] known = new boolean[1];
        WriteKeysInBody.forEach(
                body, (from, to) -> known[0] |= Scheme.isOneOf(Arrays.copyOfRange(body, from, to), keys));
        return known[0];
    }
}
