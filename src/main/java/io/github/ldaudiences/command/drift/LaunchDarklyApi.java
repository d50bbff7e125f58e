package io.github.ldaudiences.command.drift;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.DeliveryFailure;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.LaunchDarklyClient;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.delivery.RateLimitHeaders;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests to LaunchDarkly's REST API, one at a time and within its rate limit. Temporary failures are retried a
 * few times.
 */
final class LaunchDarklyApi implements AutoCloseable {

    private static final int MAX_ATTEMPTS = 6;
    private static final int NOT_FOUND = 404;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Answer(int status, RateLimitHeaders headers, String body) {}

    private final String url;
    private final CloseableHttpClient client;
    private final RateLimit rateLimit;
    private final long retryDelayMs;
    private final long maxRetryDelayMs;

    /**
     * @param destination has LaunchDarkly's address and the token
     * @param settings the configuration, whose proxy, TLS, time-outs and delays also apply here
     * @throws io.github.ldaudiences.config.ConfigurationException if proxy or TLS cannot be used
     */
    LaunchDarklyApi(Destination destination, Settings settings) {
        url = destination.apiUrl();
        retryDelayMs = settings.get(Catalogue.DELIVERY_RETRY_DELAY_MS);
        maxRetryDelayMs = settings.get(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS);
        rateLimit = new RateLimit(retryDelayMs, maxRetryDelayMs);
        OutboundNetwork network = OutboundTls.networkOf(settings);
        long responseMs = settings.get(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS);
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setDefaultRequestConfig(timeouts(settings.get(Catalogue.DELIVERY_CONNECT_TIMEOUT_MS), responseMs));
        // The context is never started, so it need not be stopped.
        OutboundClient outbound =
                new OutboundClient(new DefaultCamelContext(), network, 1, Duration.ofMillis(responseMs));
        new LaunchDarklyClient(destination, outbound).configureHttpClient(builder);
        client = builder.build();
    }

    @SuppressWarnings("deprecation") // the connections are the outbound client's, and Camel sets this, too
    private static RequestConfig timeouts(long connectMs, long responseMs) {
        return RequestConfig.custom()
                .setConnectTimeout(Timeout.ofMilliseconds(connectMs))
                .setResponseTimeout(Timeout.ofMilliseconds(responseMs))
                .build();
    }

    /**
     * @param path path and query, escaped
     * @return LaunchDarkly's answer, or null if the requested object does not exist
     * @throws NotAnsweredException if it refuses, or does not answer after several attempts
     * @throws InterruptedException if the thread is interrupted
     */
    JsonNode get(String path) throws NotAnsweredException, InterruptedException {
        DeliveryFailure failure = null;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (attempt > 0) {
                Thread.sleep(Math.min(retryDelayMs << (attempt - 1), maxRetryDelayMs));
            }
            awaitLeave();
            Answer answer;
            try {
                answer = client.execute(new HttpGet(url + path), LaunchDarklyApi::answer);
            } catch (IOException e) {
                rateLimit.unanswered();
                failure = DeliveryFailure.of(e);
                continue;
            }
            rateLimit.answered(answer.status(), answer.headers());
            if (answer.status() / 100 == 2) {
                return json(answer.body());
            }
            if (answer.status() == NOT_FOUND) {
                return null;
            }
            failure = DeliveryFailure.of(answer.status(), answer.body());
            if (failure.kind() != DeliveryFailure.Kind.TRANSIENT) {
                break;
            }
        }
        throw new NotAnsweredException(failure.message() + ".", failure.kind() == DeliveryFailure.Kind.REFUSED_ACCESS);
    }

    private void awaitLeave() throws InterruptedException {
        long waitMs;
        do {
            long pauseMs = rateLimit.pauseMs();
            waitMs = pauseMs > 0 ? pauseMs : rateLimit.tryEnter();
            Thread.sleep(waitMs);
        } while (waitMs > 0);
    }

    private static Answer answer(ClassicHttpResponse response) throws IOException, ParseException {
        String body =
                response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
        return new Answer(
                response.getCode(),
                RateLimitHeaders.of(name -> value(response.getFirstHeader(name)), System.currentTimeMillis()),
                body);
    }

    private static String value(Header header) {
        return header == null ? null : header.getValue();
    }

    private static JsonNode json(String body) throws NotAnsweredException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new NotAnsweredException("The answer is not JSON, so it is not from LaunchDarkly's API.", true);
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            // The process ends anyway.
        }
    }
}
