package io.github.ldaudiences.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.launchdarkly.sdk.server.subsystems.BigSegmentStore;
import com.launchdarkly.sdk.server.subsystems.BigSegmentStoreTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Tells LaunchDarkly's SDK who is in which segment of the bundle's sandbox, as a persistent store tells it of
 * LaunchDarkly's segments.
 */
final class SandboxMemberships implements BigSegmentStore {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI segments;

    SandboxMemberships(URI segments) {
        this.segments = segments;
    }

    /** LaunchDarkly: a context is named by the hash of its key, a segment by its key and its generation. */
    @Override
    public BigSegmentStoreTypes.Membership getMembership(String contextHash) {
        List<String> included = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        for (JsonNode segment : segments().path("segments")) {
            String reference = segment.path("cohortId").asText() + ".g1";
            if (has(segment.path("included"), contextHash)) {
                included.add(reference);
            } else if (has(segment.path("excluded"), contextHash)) {
                excluded.add(reference);
            }
        }
        return BigSegmentStoreTypes.createMembershipFromSegmentRefs(included, excluded);
    }

    @Override
    public BigSegmentStoreTypes.StoreMetadata getMetadata() {
        return new BigSegmentStoreTypes.StoreMetadata(System.currentTimeMillis());
    }

    private JsonNode segments() {
        try {
            return JSON.readTree(segments.toURL());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean has(JsonNode contextKeys, String contextHash) {
        for (JsonNode key : contextKeys) {
            if (hash(key.asText()).equals(contextHash)) {
                return true;
            }
        }
        return false;
    }

    private static String hash(String contextKey) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(contextKey.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // nothing is open
    }
}
