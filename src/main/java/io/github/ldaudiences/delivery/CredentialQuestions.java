package io.github.ldaudiences.delivery;

import io.github.ldaudiences.outbound.OutboundClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the checks of {@link CredentialCheck} once, for a command: whether LaunchDarkly knows a destination's
 * environment and token.
 */
public final class CredentialQuestions {

    private final OutboundClient outbound;
    private final RequestConfig timeouts;

    /**
     * @param outbound sets up the clients
     * @param connectTimeout how long to wait for a connection
     * @param responseTimeout how long to wait for an answer
     */
    @SuppressWarnings("deprecation") // the alternative is a setting of the pool, which the outbound client owns
    public CredentialQuestions(OutboundClient outbound, Duration connectTimeout, Duration responseTimeout) {
        this.outbound = outbound;
        this.timeouts = RequestConfig.custom()
                .setConnectTimeout(Timeout.of(connectTimeout))
                .setResponseTimeout(Timeout.of(responseTimeout))
                .build();
    }

    /**
     * @param destination the destination whose credentials are checked
     * @return a sentence for each problem, without secrets; empty if LaunchDarkly knows both
     */
    public List<String> problems(Destination destination) {
        List<String> problems = new ArrayList<>();
        // LaunchDarkly: 200, or 404 if there is no such environment. The token is not sent.
        String environment = URLEncoder.encode(destination.clientSideId(), StandardCharsets.UTF_8);
        ask(
                outbound,
                new HttpHead(destination.sdkUrl() + "/sdk/goals/" + environment),
                "environment",
                problems,
                status -> status == 404
                        ? "LaunchDarkly answered 404 for the environment. " + DestinationHold.advice(destination, 404)
                        : null);
        // LaunchDarkly: 200, or 401 or 403 if the token is not accepted. A token that may not even do this may do
        // nothing.
        ask(
                new LaunchDarklyClient(destination, outbound),
                new HttpGet(destination.apiUrl() + "/api/v2/versions"),
                "service token",
                problems,
                status -> status == 401 || status == 403
                        ? "LaunchDarkly answered " + status + " for the service token. "
                                + DestinationHold.advice(destination, 401)
                        : null);
        return problems;
    }

    private interface Refusal {

        String of(int status);
    }

    private void ask(
            HttpClientConfigurer configurer,
            HttpUriRequestBase request,
            String what,
            List<String> problems,
            Refusal refusal) {
        request.setConfig(timeouts);
        HttpClientBuilder builder = HttpClientBuilder.create();
        configurer.configureHttpClient(builder);
        try (CloseableHttpClient client = builder.build()) {
            int status = client.execute(request, answer -> answer.getCode());
            if (status != 200) {
                String refused = refusal.of(status);
                problems.add(
                        refused != null
                                ? refused
                                : "The " + what + " could not be checked: LaunchDarkly answered " + status + ".");
            }
        } catch (IOException e) {
            String tls = e instanceof SSLException
                    ? " If a proxy on the way inspects TLS, add its certificate authority to"
                            + " audiences.outbound.tls-truststore."
                    : "";
            problems.add("The " + what + " could not be checked: "
                    + DeliveryFailure.of(e).message() + "." + tls);
        }
    }
}
