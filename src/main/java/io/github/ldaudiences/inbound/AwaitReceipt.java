package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.event.UndeliveredException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Ends the intake of a receipt, and continues the exchange when the receipt settles, without blocking a thread. The
 * body becomes the {@link ReceiptSummary}. If the receipt fails, the exchange fails with an
 * {@link UndeliveredException}.
 */
public final class AwaitReceipt extends AsyncProcessorSupport {

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Receipt receipt = exchange.getProperty(InboundProperties.RECEIPT, Receipt.class);
        // The list of events is no longer needed: each change that waits for delivery holds what it needs of its event.
        exchange.getMessage().setBody(null);
        receipt.intakeDone();
        CompletableFuture<ReceiptSummary> settled = receipt.settled();
        boolean sync = settled.isDone();
        settled.whenComplete((summary, failure) -> {
            if (failure == null) {
                exchange.getMessage().setBody(summary);
            } else if (failure instanceof TimeoutException) {
                exchange.setException(new UndeliveredException("the deadline has passed"));
            } else {
                exchange.setException(failure);
            }
            callback.done(sync);
        });
        return sync;
    }
}
