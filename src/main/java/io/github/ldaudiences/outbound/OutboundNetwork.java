package io.github.ldaudiences.outbound;

import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How requests leave the bundle's network.
 *
 * @param proxy the forward proxy, or null
 * @param tls supplies keys and trusted certificates for a new connection; null for those of Camel's component {@code
 *     https}
 * @param tlsVersions the allowed TLS versions; empty for those that the JVM allows from 1.2 on
 */
public record OutboundNetwork(ForwardProxy proxy, Supplier<SSLContext> tls, List<String> tlsVersions) {}
