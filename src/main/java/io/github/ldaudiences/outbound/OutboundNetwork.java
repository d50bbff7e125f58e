package io.github.ldaudiences.outbound;

import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * How requests leave the network that the bundle runs in.
 *
 * @param proxy the proxy that they go through, or null
 * @param tls keys and trusted certificates, or null for those of Camel's component {@code https}
 * @param tlsVersions the versions of TLS that are allowed, or empty for what the JVM allows from 1.2 on
 */
public record OutboundNetwork(ForwardProxy proxy, SSLContext tls, List<String> tlsVersions) {}
