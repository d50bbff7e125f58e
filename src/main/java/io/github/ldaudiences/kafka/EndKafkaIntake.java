package io.github.ldaudiences.kafka;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends the intake of the receipts that a poll opened: all that the events lead to has been announced, and few of them are
 * looked at again. Nothing is waited for here: the consumer commits what is settled with a later poll.
 */
public final class EndKafkaIntake implements Processor {

    @Override
    public void process(Exchange exchange) {
        List<?> receipts = exchange.getProperty(KafkaReceipts.RECEIPTS, List.class);
        boolean failed = exchange.getProperty(Exchange.EXCEPTION_CAUGHT) != null;
        exchange.getMessage().setBody(null);
        if (receipts == null) {
            return;
        }
        for (Object each : receipts) {
            PartitionReceipt opened = (PartitionReceipt) each;
            if (failed) {
                opened.receipt().abandon("an internal error");
            }
            opened.receipt().holdsLess(opened.body().compress());
            opened.receipt().intakeDone();
        }
    }
}
