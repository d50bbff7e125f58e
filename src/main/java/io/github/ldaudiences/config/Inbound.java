package io.github.ldaudiences.config;

/** Where events can come from: the values of {@code audiences.inbound}. */
public enum Inbound {
    /** Requests at an HTTP server of the bundle. */
    HTTP("http", "inbound-http"),

    /** Records of a Kafka topic. */
    KAFKA("kafka", "inbound-kafka"),

    /** Lines of files. */
    FILE("file", "inbound-file"),

    /** Messages of any Camel endpoint. */
    ENDPOINT("uri", "inbound-endpoint");

    private final String value;
    private final String routeId;

    Inbound(String value, String routeId) {
        this.value = value;
        this.routeId = routeId;
    }

    /** @return the id of the route that takes its events; the file of the route has the same name */
    public String routeId() {
        return routeId;
    }

    /** @return the value in the configuration */
    @Override
    public String toString() {
        return value;
    }
}
