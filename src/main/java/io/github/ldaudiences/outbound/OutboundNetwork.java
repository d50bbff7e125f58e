package io.github.ldaudiences.outbound;

import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How requests leave the network that the bundle runs in.
 *
 * @param proxy the proxy that they go through, or null
 * @param tls gives keys and trusted certificates for a new connection, or null for those of Camel's component {@code https}
 * @param tlsVersions the versions of TLS that are allowed, or empty for what the JVM allows from 1.2 on
 */
public record OutboundNetwork(ForwardProxy proxy, Supplier<SSLContext> tls, List<String> tlsVersions) {}
