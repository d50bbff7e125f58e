package io.github.ldaudiences.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.batch.Member;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.outbound.OutboundClient;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Creates the body of LaunchDarkly's {@code segment-targets/segment-audiences} from the batch that is being delivered.
 */
public final class SegmentAudiencesRequest implements Processor {

    /** Exchange property: when the request was sent, by {@link System#nanoTime()}. */
    static final String SENT_NANOS = "audiencesRequestSentNanos";

    private static final JsonFactory JSON = new JsonFactory();

    private static final String PATH = "/api/v2/segment-targets/segment-audiences";

    private final Destination destination;
    private final DestinationTraffic traffic;

    /**
     * @param destination the environment that the request names
     * @param traffic measures each request
     */
    public SegmentAudiencesRequest(Destination destination, DestinationTraffic traffic) {
        this.destination = destination;
        this.traffic = traffic;
    }

    @Override
    public void process(Exchange exchange) throws IOException, NobodyWaitsException {
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        if (batch.size() == 0) {
            throw new NobodyWaitsException();
        }
        exchange.getMessage().setBody(write(batch));
        batch.attempted(Instant.now());
        traffic.sends(batch.size());
        exchange.setProperty(SENT_NANOS, System.nanoTime());
    }

    /**
     * Returns the request as the route {@code launchdarkly} sends it. The route sets everything except the body and the
     * token.
     *
     * @param batch the members
     * @return the request, which is neither sent nor counted
     */
    public RequestPreview preview(Batch batch) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", destination.serviceToken().get().toString());
        headers.put("LD-API-Version", LaunchDarklyClient.API_VERSION);
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", OutboundClient.USER_AGENT);
        try {
            return new RequestPreview("POST", destination.apiUrl() + PATH, headers, write(batch));
        } catch (IOException e) {
            throw new IllegalStateException(e); // it writes to memory
        }
    }

    /**
     * LaunchDarkly: one request holds one audience of one environment and one context kind, and each member once.
     *
     * @param batch the members
     * @return UTF-8 JSON
     * @throws IOException never, because it writes to memory
     */
    byte[] write(Batch batch) throws IOException {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256 + 128 * batch.size());
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("environmentId", destination.clientSideId());
            json.writeStringField("contextKind", batch.audience().contextKind());
            json.writeArrayFieldStart("batch");
            String audienceKey = null;
            String cohortName = null;
            for (Member member : batch.members()) {
                MembershipChange change = member.newest();
                if (!change.audienceKey().equals(audienceKey)) {
                    audienceKey = change.audienceKey();
                    cohortName = CohortName.of(audienceKey);
                }
                json.writeStartObject();
                json.writeStringField("userId", change.contextKey());
                json.writeStringField("cohortName", cohortName);
                json.writeStringField("cohortId", batch.audience().id());
                json.writeBooleanField("value", change.member());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.flush();
            return bytes.toByteArray();
        }
    }
}
