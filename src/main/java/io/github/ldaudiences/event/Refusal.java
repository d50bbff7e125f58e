package io.github.ldaudiences.event;

/**
 * LaunchDarkly's response to an event that it rejects.
 *
 * @param status HTTP status of the response
 * @param message LaunchDarkly's message, or null if there is none
 * @param id ID of the response, which LaunchDarkly's support asks for; or null
 * @param attempts the requests that contained the event
 */
public record Refusal(int status, String message, String id, Attempts attempts) {}
