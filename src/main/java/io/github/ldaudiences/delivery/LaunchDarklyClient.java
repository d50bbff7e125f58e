package io.github.ldaudiences.delivery;

import io.github.ldaudiences.outbound.OutboundClient;
import java.util.List;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * Sets up the HTTP client of one destination: an {@link OutboundClient} that sends its service token.
 *
 * <p>The service token is added to the request here, below Camel, so that it is never in an exchange: no log, tracer,
 * message history or management console can show it.
 */
public final class LaunchDarklyClient implements HttpClientConfigurer {

    /** LaunchDarkly: the API version that the requests are written for. */
    static final String API_VERSION = "20240415";

    private final Destination destination;
    private final OutboundClient outbound;

    /**
     * @param destination the destination whose token is sent
     * @param outbound sets up everything else
     */
    public LaunchDarklyClient(Destination destination, OutboundClient outbound) {
        this.destination = destination;
        this.outbound = outbound;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        outbound.configureHttpClient(client);
        client.setDefaultHeaders(List.of(new BasicHeader("LD-API-Version", API_VERSION)));
        // LaunchDarkly: the token without "Bearer" before it. Read for each request, because it may have been rotated.
        client.addRequestInterceptorFirst((request, entity, http) -> request.setHeader(
                "Authorization", destination.serviceToken().get().reveal()));
    }
}
