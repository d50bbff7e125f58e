package io.github.ldaudiences.event;

/** A span of a distributed trace, as far as the bundle needs to know it where no library for traces may be there. */
public interface TraceOrigin {

    /** @return id of its trace, 32 hexadecimal digits */
    String traceId();

    /** @return its own id, 16 hexadecimal digits */
    String spanId();

    /** @return what the W3C calls a {@code traceparent}, for whoever takes the events next */
    String traceparent();
}
