package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.Receipt;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Ends the intake of a receipt when the exchange that hands on its events is done. If that has failed, some of them may
 * not have reached any mapping: then the receipt fails too.
 */
public final class EndOfIntake extends SynchronizationAdapter {

    private final Receipt receipt;

    /** @param receipt a receipt that has been admitted to the backlog */
    public EndOfIntake(Receipt receipt) {
        this.receipt = receipt;
    }

    @Override
    public void onFailure(Exchange exchange) {
        receipt.abandon("its events could not be handed on: " + exchange.getException());
        super.onFailure(exchange);
    }

    @Override
    public void onDone(Exchange exchange) {
        // Or what the exchange had taken of the backlog would never be given back.
        receipt.intakeDone();
    }
}
