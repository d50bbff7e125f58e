package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.event.ReceiptSummary;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;

/** Creates the response to a caller whose events are enqueued but not delivered yet. */
public final class EnqueuedReply {

    /**
     * @param summary the results of the events
     * @return {@code received}, {@code enqueued}, {@code rejected} and {@code rejections}
     */
    public Map<String, Object> of(@Body ReceiptSummary summary) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("received", summary.received());
        reply.put("enqueued", summary.delivered());
        reply.put("rejected", summary.rejected());
        reply.put("rejections", summary.rejections());
        return reply;
    }
}
