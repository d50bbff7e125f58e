package io.github.ldaudiences.delivery;

import io.github.ldaudiences.destination.Destination;
import java.util.List;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * Sets up the HTTP client of one destination.
 *
 * <p>The service token is put on the request here, below Camel, so that it is never in an exchange: no log, tracer,
 * message history or management console can show it.
 */
public final class LaunchDarklyClient implements HttpClientConfigurer {

    /** LaunchDarkly: the version of the API that the requests are written for. */
    static final String API_VERSION = "20240415";

    private final Destination destination;

    /** @param destination whose token is sent */
    public LaunchDarklyClient(Destination destination) {
        this.destination = destination;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.setDefaultHeaders(List.of(
                // LaunchDarkly: the token as it is, with no "Bearer" before it.
                new BasicHeader("Authorization", destination.serviceToken().reveal()),
                new BasicHeader("LD-API-Version", API_VERSION)));
        // Retries are the error handler's; within the client they would bypass throttle and deadline.
        client.disableAutomaticRetries();
        // A redirect would carry the token to another host.
        client.disableRedirectHandling();
        client.disableCookieManagement();
    }
}
