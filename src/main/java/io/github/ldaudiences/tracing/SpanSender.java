package io.github.ldaudiences.tracing;

import io.github.ldaudiences.delivery.RateLimitHeaders;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends spans to a collector with the same HTTP client as requests to LaunchDarkly. OpenTelemetry's own senders cannot
 * authenticate to a proxy.
 */
final class SpanSender implements HttpSender {

    /** OTLP: the statuses that are worth a retry. */
    private static final Set<Integer> RETRYABLE = Set.of(429, 502, 503, 504);

    /** A complete response of the collector. */
    private record Answer(int status, String reason, byte[] body, long retryAfterMs) implements HttpResponse {

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return reason;
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }

    private final HttpSenderConfig config;
    private final CloseableHttpClient client;
    private final ExecutorService thread;

    /**
     * @param config OpenTelemetry's configuration: the collector, time-outs, retries and, if its certificates are set,
     *     TLS
     * @param context a Camel context
     * @param network the proxy, and TLS unless OpenTelemetry's certificates are set
     */
    SpanSender(HttpSenderConfig config, CamelContext context, OutboundNetwork network) {
        this.config = config;
        // Only one batch of spans is sent at a time. A second one waits while the first one hangs, the others are lost.
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(1), work -> {
                    Thread made = new Thread(work, "SpanSender");
                    made.setDaemon(true);
                    return made;
                });
        one.allowCoreThreadTimeOut(true);
        thread = one;
        boolean ownTls = config.getTrustManager() != null || network.tls().get() == null;
        Supplier<SSLContext> tls = ownTls ? config::getSslContext : network.tls();
        HttpClientBuilder builder = HttpClientBuilder.create();
        new OutboundClient(
                        context,
                        new OutboundNetwork(network.proxy(), tls, network.tlsVersions()),
                        1,
                        config.getTimeout())
                .configureHttpClient(builder);
        client = builder.build();
    }

    @Override
    public void send(MessageWriter spans, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
        try {
            thread.execute(() -> {
                Answer answer;
                try {
                    answer = send(body(spans));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    onError.accept(e);
                    return;
                } catch (IOException | RuntimeException e) {
                    onError.accept(e);
                    return;
                }
                onResponse.accept(answer);
            });
        } catch (RejectedExecutionException e) {
            onError.accept(e);
        }
    }

    private byte[] body(MessageWriter spans) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (OutputStream out =
                config.getCompressor() == null ? body : config.getCompressor().compress(body)) {
            spans.writeMessage(out);
        }
        return body.toByteArray();
    }

    /** Sends them, and again while that is worth it, until the time-out of the whole is over. */
    private Answer send(byte[] body) throws IOException, InterruptedException {
        RetryPolicy policy = config.getRetryPolicy();
        int attempts = policy == null ? 1 : policy.getMaxAttempts();
        long backoffMs = policy == null ? 0 : policy.getInitialBackoff().toMillis();
        long end = System.nanoTime() + config.getTimeout().toNanos();
        for (int attempt = 1; ; attempt++) {
            Answer answer = null;
            IOException failure = null;
            try {
                answer = attempt(body, Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime())));
                if (!RETRYABLE.contains(answer.status())) {
                    return answer;
                }
            } catch (IOException e) {
                failure = e;
            }
            long waitMs = answer != null && answer.retryAfterMs() >= 0 ? answer.retryAfterMs() : backoffMs;
            if (attempt >= attempts || TimeUnit.MILLISECONDS.toNanos(waitMs) > end - System.nanoTime()) {
                if (failure != null) {
                    throw failure;
                }
                return answer;
            }
            Thread.sleep(waitMs);
            backoffMs = Math.min(
                    (long) (backoffMs * policy.getBackoffMultiplier()),
                    policy.getMaxBackoff().toMillis());
        }
    }

    private Answer attempt(byte[] body, Duration timeout) throws IOException {
        HttpPost request = new HttpPost(config.getEndpoint());
        request.setConfig(timeouts(timeout));
        config.getHeadersSupplier()
                .get()
                .forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
        request.setEntity(new ByteArrayEntity(
                body,
                ContentType.parse(config.getContentType()),
                config.getCompressor() == null ? null : config.getCompressor().getEncoding()));
        return client.execute(request, this::answer);
    }

    @SuppressWarnings("deprecation") // the connections are the outbound client's
    private RequestConfig timeouts(Duration response) {
        return RequestConfig.custom()
                .setConnectTimeout(Timeout.of(config.getConnectTimeout()))
                .setResponseTimeout(Timeout.of(response))
                .build();
    }

    private Answer answer(ClassicHttpResponse response) throws IOException {
        int limit = (int) Math.min(config.getMaxResponseBodySize(), Integer.MAX_VALUE);
        byte[] body = response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity(), limit);
        Header retryAfter = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        long retryAfterMs = RateLimitHeaders.of(
                        name -> name.equals(HttpHeaders.RETRY_AFTER) && retryAfter != null
                                ? retryAfter.getValue()
                                : null,
                        System.currentTimeMillis())
                .retryAfterMs();
        return new Answer(response.getCode(), String.valueOf(response.getReasonPhrase()), body, retryAfterMs);
    }

    @Override
    public CompletableResultCode shutdown() {
        thread.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
        return CompletableResultCode.ofSuccess();
    }
}
