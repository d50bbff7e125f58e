package io.github.ldaudiences.delivery;

import java.util.Map;

/**
 * A request to LaunchDarkly that is not sent, for a person to look at.
 *
 * @param method HTTP method
 * @param url where it would go
 * @param headers those that are the bundle's own, in order, with asterisks for the service token
 * @param body the JSON that LaunchDarkly would get
 */
public record RequestPreview(String method, String url, Map<String, String> headers, byte[] body) {}
