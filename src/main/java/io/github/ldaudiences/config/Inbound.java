package io.github.ldaudiences.config;

import java.util.Locale;

/** Where events can come from: the values of {@code audiences.inbound}. */
public enum Inbound {
    /** Requests at an HTTP server of the bundle. */
    HTTP("inbound-http"),

    /** Records of a Kafka topic. */
    KAFKA("inbound-kafka"),

    /** Lines of files. */
    FILE("inbound-file"),

    /** Messages of any Camel endpoint. */
    URI("inbound-endpoint");

    private final String routeId;

    Inbound(String routeId) {
        this.routeId = routeId;
    }

    /** @return the id of the route that takes its events; the file of the route has the same name */
    public String routeId() {
        return routeId;
    }

    /** @return the value in the configuration, in lower case */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
