package io.github.ldaudiences.inbound;

/** The exchange properties that inbound routes use. */
public final class InboundProperties {

    /** The {@link io.github.ldaudiences.event.Receipt} that the exchange waits for. */
    public static final String RECEIPT = "audiencesReceipt";

    /** The {@link io.github.ldaudiences.event.TraceOrigin} of the exchange; not set if tracing is off. */
    public static final String TRACE = "audiencesTrace";

    private InboundProperties() {}
}
