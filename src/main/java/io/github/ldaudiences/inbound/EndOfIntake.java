package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.UndeliveredException;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Ends the intake of a receipt when the exchange that hands on its events completes. If the exchange failed, some
 * events may not have reached any mapping, so the receipt fails too.
 */
final class EndOfIntake extends SynchronizationAdapter {

    private final Receipt receipt;
    private final EventBody body;

    /**
     * @param receipt a receipt that has been admitted to the backlog
     * @param body the body of its events, which may be compressed once all of them have been parsed; or null
     */
    EndOfIntake(Receipt receipt, EventBody body) {
        this.receipt = receipt;
        this.body = body;
    }

    @Override
    public void onFailure(Exchange exchange) {
        receipt.giveUp(new UndeliveredException("its events could not be handed on: " + exchange.getException()));
        super.onFailure(exchange);
    }

    @Override
    public void onDone(Exchange exchange) {
        if (body != null) {
            receipt.holdsLess(body.compress());
        }
        // Otherwise the exchange would never release its share of the backlog.
        receipt.intakeDone();
    }
}
