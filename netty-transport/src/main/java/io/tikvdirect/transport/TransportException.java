package io.tikvdirect.transport;

import org.jspecify.annotations.Nullable;

/** Immutable: why a connection ended or never came to be. */
public final class TransportException extends Exception {
    /** What went wrong, in classes that a caller may want to tell apart. */
    public enum Kind {
        /** The host name does not resolve. */
        UNKNOWN_HOST,
        /** No TCP connection: refused, unreachable. */
        CONNECT_FAILED,
        /** TCP, TLS or the peer's SETTINGS did not come within the connect timeout. */
        CONNECT_TIMEOUT,
        /** Certificates cannot be read, the peer's are not trusted, its name differs, the handshake failed. */
        TLS_FAILURE,
        /** The TLS peer does not agree to speak HTTP/2. */
        ALPN_MISSING,
        /** The first bytes of the peer are not HTTP/2. */
        NOT_HTTP2,
        /** The peer broke a rule or a limit of HTTP/2 and this side ended the connection. */
        PROTOCOL_ERROR,
        /** The peer ended the connection with GOAWAY and an error code, or closed it after a GOAWAY. */
        GOAWAY,
        /** The peer closed the connection, or the network broke it. */
        PEER_CLOSED,
        /** No byte came within the keepalive timeout. */
        KEEPALIVE_TIMEOUT,
        /** This side closed the connection. */
        LOCAL_CLOSE,
        /** A fault inside this process, such as out of memory. */
        INTERNAL
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String frameLog;

    TransportException(final Kind kind, final String message, final @Nullable Throwable cause) {
        this(kind, message, cause, "");
    }

    TransportException(final Kind kind, final String message, final @Nullable Throwable cause, final String frameLog) {
        super(message, cause);
        this.kind = kind;
        this.frameLog = frameLog;
    }

    /**
     * The class of the failure.
     *
     * @return never null
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The last frames of the connection, oldest first, as {@code > TYPE[flags] stream length} for sent and
     * {@code <} for received ones: for debugging.
     *
     * @return one line, empty when there were none
     */
    public String frameLog() {
        return frameLog;
    }
}
