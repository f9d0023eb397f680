package io.tikvdirect.transport.internal.http2;

import java.nio.charset.StandardCharsets;

/**
 * Confined to its event loop: keeps the first bytes of a peer until it has proved to speak HTTP/2, so that a wrong port
 * can be named for what it is.
 */
public final class PeerGreeting {
    private static final int KEPT = 32;
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;

    private final byte[] bytes = new byte[KEPT];
    private int length;

    /**
     * Adds received bytes; what does not fit is not needed.
     *
     * @param in borrows; not moved
     */
    public void append(final io.netty.buffer.ByteBuf in) {
        final int count = Math.min(in.readableBytes(), KEPT - length);
        in.getBytes(in.readerIndex(), bytes, length, count);
        length += count;
    }

    /**
     * What the bytes look like.
     *
     * @return a phrase such as {@code "an HTTP/1.1 response: HTTP/1.1 400 Bad Request"}
     */
    public String describe() {
        if (length == 0) {
            return "nothing";
        }
        if (startsWith("HTTP/")) {
            return "an HTTP/1 response: " + text();
        }
        if (startsWith("SSH-")) {
            return "an SSH banner: " + text();
        }
        if (length >= 2 && bytes[1] == 3 && (bytes[0] == TLS_ALERT || bytes[0] == TLS_HANDSHAKE)) {
            return "a TLS " + (bytes[0] == TLS_ALERT ? "alert" : "handshake") + " (the port wants TLS)";
        }
        return "other bytes: " + text();
    }

    private boolean startsWith(final String prefix) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1).startsWith(prefix);
    }

    private String text() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            final int c = bytes[i] & 0xff;
            if (c == '\r' || c == '\n') {
                break;
            }
            if (c >= 0x20 && c < 0x7f) {
                text.append((char) c);
            } else {
                text.append(String.format("\\x%02x", c));
            }
        }
        return text.toString();
    }
}
