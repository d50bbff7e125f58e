package io.github.ldaudiences.delivery;

import java.util.Map;

/**
 * A request to LaunchDarkly that is not sent, for inspection.
 *
 * @param method HTTP method
 * @param url where it would be sent
 * @param headers the headers that the bundle sets, in order, with asterisks for the service token
 * @param body the JSON that would be sent
 */
public record RequestPreview(String method, String url, Map<String, String> headers, byte[] body) {}
