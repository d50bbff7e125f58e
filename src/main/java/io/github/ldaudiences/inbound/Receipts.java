package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.Intake;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import java.time.Duration;
import java.util.function.ObjIntConsumer;
import org.apache.camel.Exchange;

/**
 * Opens the receipts of an inbound, and puts the events of each into its exchange.
 *
 * @param backlog what the events count against
 * @param timeout how long the source waits for delivery
 * @param counts is given the results of the events, null if their source must keep them, and their number
 */
public record Receipts(Backlog backlog, Duration timeout, ObjIntConsumer<ReceiptSummary> counts) {

    /** @return a receipt that an exchange waits for */
    public Receipt open() {
        return new Receipt(backlog, timeout);
    }

    /**
     * @param intake the intake of a source that has more to hand on
     * @return a receipt for a part of it
     */
    public Receipt open(Intake intake) {
        return new Receipt(backlog, timeout, intake);
    }

    /**
     * @param intake the intake of a source that has more to hand on, and renews its receipts
     * @return a receipt for a part of it
     */
    public Receipt openRenewable(Intake intake) {
        return Receipt.renewable(backlog, timeout, intake);
    }

    /**
     * Puts events into the exchange that waits for their receipt, if there is room for them.
     *
     * @param exchange gets the events as its body, and the receipt as a property
     * @param receipt the receipt of the events
     * @param read the events
     * @param bodyBytes length of the body that they were read from
     * @return false if too many events are waiting already; then the exchange is as it was
     */
    public boolean admit(Exchange exchange, Receipt receipt, ReadEvents read, long bodyBytes) {
        if (!receipt.admit(read.size(), read.heldBytes(bodyBytes))) {
            return false;
        }
        handOn(exchange, receipt, read);
        exchange.setProperty(InboundProperties.RECEIPT, receipt);
        return true;
    }

    /**
     * Puts events that their source cannot put back into an exchange, whose end is the end of the receipt's intake. The
     * source waits for the receipt.
     *
     * @param exchange gets the events as its body
     * @param receipt the receipt of the events
     * @param read the events
     * @param bodyBytes length of the body that they were read from
     * @param compressible that body, if it may be compressed once all of it has been parsed; or null
     */
    public void admitAlways(
            Exchange exchange, Receipt receipt, ReadEvents read, long bodyBytes, EventBody compressible) {
        receipt.admitAlways(read.size(), read.heldBytes(bodyBytes));
        handOn(exchange, receipt, read);
        exchange.getExchangeExtension().addOnCompletion(new EndOfIntake(receipt, compressible));
    }

    private void handOn(Exchange exchange, Receipt receipt, ReadEvents read) {
        receipt.whenSettled(counts);
        exchange.setProperty(EventChunks.UNREADABLE, read.unreadable());
        exchange.getMessage().setBody(read.events());
    }
}
