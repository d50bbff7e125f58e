package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.UndeliveredException;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Ends the intake of a receipt when the exchange that hands on its events is done. If that has failed, some of them may
 * not have reached any mapping: then the receipt fails too.
 */
public final class EndOfIntake extends SynchronizationAdapter {

    private final Receipt receipt;
    private final EventBody body;

    /** @param receipt a receipt that has been admitted to the backlog */
    public EndOfIntake(Receipt receipt) {
        this(receipt, null);
    }

    /**
     * @param receipt a receipt that has been admitted to the backlog
     * @param body what holds its events, and may be compressed when all of them have been parsed; or null
     */
    public EndOfIntake(Receipt receipt, EventBody body) {
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
        // Or what the exchange had taken of the backlog would never be given back.
        receipt.intakeDone();
    }
}
