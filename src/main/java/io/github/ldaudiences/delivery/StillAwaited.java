package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Lets a batch pass only while a source waits for it: after its deadline it is not sent any more. */
public final class StillAwaited implements Processor {

    @Override
    public void process(Exchange exchange) throws NobodyWaitsException {
        if (!exchange.getProperty(DeliveryOutcome.BATCH, Batch.class).isAwaited()) {
            throw new NobodyWaitsException();
        }
    }
}
