package io.github.ldaudiences.event;

/**
 * What LaunchDarkly said to an event that it does not take.
 *
 * @param status HTTP status of its answer
 * @param message its own words, or null if it had none
 * @param id id of its answer, which its support asks for; or null
 * @param attempts the requests that the event took part in
 */
public record Refusal(int status, String message, String id, Attempts attempts) {}
