package io.github.ldaudiences.outbound;

import io.netty.handler.ipfilter.IpFilterRule;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that are reached without the proxy, in the syntax of the variable {@code NO_PROXY}. Loopback is always
 * included.
 */
public final class DirectHosts {

    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]+]|[^:]+):(\\d{1,5})");
    private static final int ANY_PORT = -1;

    /**
     * One entry: a domain with its subdomains, a range of IP addresses, or everything.
     *
     * @param domain a domain without a dot before it, {@code *} for every host, or null
     * @param range a range of IP addresses, or null
     * @param port the port that the entry applies to, or {@link #ANY_PORT}
     */
    private record Entry(String domain, IpFilterRule range, int port) {

        boolean matches(String host, InetAddress ip, int targetPort) {
            if (port != ANY_PORT && port != targetPort) {
                return false;
            }
            if (range != null) {
                return ip != null && range.matches(new InetSocketAddress(ip, targetPort));
            }
            return domain.equals("*") || host.equals(domain) || (ip == null && host.endsWith("." + domain));
        }
    }

    private final List<Entry> entries;

    private DirectHosts(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * @param text comma-separated hosts, domains, IP addresses, or ranges such as {@code 10.0.0.0/8}, each optionally
     *     with a port
     * @return the hosts
     * @throws IllegalArgumentException if an entry is none of these
     */
    public static DirectHosts of(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String entry : text.strip().split("[,\\s]+")) {
            if (!entry.isEmpty()) {
                entries.add(entry(entry));
            }
        }
        return new DirectHosts(List.copyOf(entries));
    }

    private static Entry entry(String text) {
        Matcher withPort = WITH_PORT.matcher(text);
        boolean hasPort = withPort.matches();
        String host = hasPort ? withPort.group(1) : text;
        int port = hasPort ? Integer.parseInt(withPort.group(2)) : ANY_PORT;
        int slash = host.indexOf('/');
        InetAddress ip = ip(slash < 0 ? host : host.substring(0, slash));
        if (ip != null) {
            int bits = slash < 0 ? ip.getAddress().length * Byte.SIZE : Integer.parseInt(host.substring(slash + 1));
            return new Entry(null, new IpSubnetFilterRule(ip, bits, IpFilterRuleType.ACCEPT), port);
        }
        String domain = host.equals("*") ? host : name(host).replaceFirst("^\\*?\\.", "");
        if (domain.isEmpty() || domain.contains("/") || domain.contains(":")) {
            throw new IllegalArgumentException("'" + text + "' is none of these");
        }
        return new Entry(domain, null, port);
    }

    /** @return whether it has no entries */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** @return whether it includes all hosts, so that the proxy is not used */
    public boolean areAll() {
        return entries.contains(new Entry("*", null, ANY_PORT));
    }

    /**
     * @param target host name or IP address
     * @param port the actual port, not a placeholder for the default
     * @return whether it is reached without the proxy
     */
    boolean contains(String target, int port) {
        String host = name(target);
        InetAddress ip = ip(host);
        boolean loopback =
                ip == null ? host.equals("localhost") || host.endsWith(".localhost") : ip.isLoopbackAddress();
        return loopback || entries.stream().anyMatch(entry -> entry.matches(host, ip, port));
    }

    /** Converts names to lower case, without a final dot. */
    private static String name(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    /** @return the address if the text is one; names are not resolved */
    private static InetAddress ip(String host) {
        return NetUtil.createInetAddressFromIpAddressString(host);
    }
}
