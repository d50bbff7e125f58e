package io.github.ldaudiences.delivery;

import io.github.ldaudiences.secret.Secret;
import java.util.function.Supplier;

/**
 * One LaunchDarkly environment, and the token that may change its segments.
 *
 * @param id the destination's name in the configuration
 * @param clientSideId LaunchDarkly: the client-side ID, which names the environment
 * @param serviceToken LaunchDarkly: supplies the newest service token, whose role needs the actions {@code
 *     createSegment} and {@code updateIncluded}
 * @param apiUrl LaunchDarkly: scheme and host of the REST API, without a slash at the end
 * @param sdkUrl LaunchDarkly: scheme and host that client-side SDKs use, without a slash at the end
 */
public record Destination(
        String id, String clientSideId, Supplier<Secret> serviceToken, String apiUrl, String sdkUrl) {}
