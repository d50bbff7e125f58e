package io.github.ldaudiences.event;

/** A span of a distributed trace, without dependency on a tracing library, which may not be on the class path. */
public interface TraceOrigin {

    /** @return id of its trace, 32 hexadecimal digits */
    String traceId();

    /** @return its own id, 16 hexadecimal digits */
    String spanId();

    /** @return its W3C {@code traceparent}, for the next consumer of the events */
    String traceparent();
}
