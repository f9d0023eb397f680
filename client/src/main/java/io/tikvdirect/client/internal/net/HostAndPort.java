package io.tikvdirect.client.internal.net;

import java.util.Map;

/**
 * Immutable. Where a server listens.
 *
 * @param host a name, an IPv4 literal or an IPv6 literal without brackets
 * @param port from 1 to 65535
 */
public record HostAndPort(String host, int port) {
    /** The longest DNS name is 253 characters (RFC 1035, 2.3.4); an address with more is not one. */
    private static final int MAX_HOST_LENGTH = 253;

    /**
     * Reads {@code host:port} or {@code [v6]:port}; a leading {@code http://} or {@code https://} and a trailing slash,
     * which PD puts into its member URLs, are dropped.
     *
     * @param address the text
     * @return host and port
     * @throws IllegalArgumentException when it is not such an address
     */
    public static HostAndPort parse(final String address) {
        final String text = withoutDecoration(address.trim());
        final int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("not host:port: " + address);
        }
        return new HostAndPort(host(text.substring(0, colon), address), port(text.substring(colon + 1), address));
    }

    /**
     * The address to dial instead of one that a server announced.
     *
     * @param announced {@code host:port} as announced
     * @param replacements addresses to be replaced, by what
     * @return the replacement, or the announced address where there is none
     * @throws IllegalArgumentException when the announced address is not one
     */
    public static HostAndPort mapped(final String announced, final Map<String, String> replacements) {
        final HostAndPort address = parse(announced);
        final String replacement = replacements.get(address.toString());
        return replacement == null ? address : parse(replacement);
    }

    private static String withoutDecoration(final String text) {
        String rest = text;
        for (final String scheme : new String[] {"http://", "https://"}) {
            if (rest.startsWith(scheme)) {
                rest = rest.substring(scheme.length());
            }
        }
        return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    }

    private static String host(final String text, final String address) {
        final boolean bracketed = text.startsWith("[") && text.endsWith("]");
        final String host = bracketed ? text.substring(1, text.length() - 1) : text;
        final boolean wellFormed = bracketed ? isIpv6Literal(host) : isName(host);
        if (host.isEmpty() || host.length() > MAX_HOST_LENGTH || !wellFormed) {
            throw new IllegalArgumentException("not host:port: " + address);
        }
        return host;
    }

    private static boolean isIpv6Literal(final String host) {
        return host.indexOf(':') >= 0
                && host.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.' || c == '%');
    }

    /** Underscores are no DNS letters, yet container names have them. */
    private static boolean isName(final String host) {
        return host.chars()
                .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_'));
    }

    private static int port(final String text, final String address) {
        final boolean digits =
                !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
        final int port = digits ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not host:port: " + address);
        }
        return port;
    }

    /** The address again, an IPv6 literal in brackets. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? '[' + host + "]:" + port : host + ':' + port;
    }
}
