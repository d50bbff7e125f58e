package io.github.ldaudiences.inbound;

/** The exchange properties that inbound routes use. */
public final class InboundProperties {

    /** The {@link io.github.ldaudiences.event.Receipt} that the exchange waits for. */
    public static final String RECEIPT = "audiencesReceipt";

    /** The {@link SegmentCall} that the request is; not there if it is none. */
    public static final String SEGMENT_CALL = "audiencesSegmentCall";

    /** The {@link io.github.ldaudiences.event.TraceOrigin} of the exchange; not there if nobody traces. */
    public static final String TRACE = "audiencesTrace";

    private InboundProperties() {}
}
