package io.tikvdirect.transport;

import io.tikvdirect.transport.TransportException.Kind;
import io.tikvdirect.transport.internal.http2.PeerGreeting;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Immutable: what it means that a channel has been closed or has failed.
 *
 * @param kind the class of the failure
 * @param message for a person
 * @param cause what Netty told, or null
 */
record EndOfChannel(Kind kind, String message, @Nullable Throwable cause) {

    static EndOfChannel ofException(final Throwable cause) {
        if (cause.getCause() instanceof SSLException tls) {
            return new EndOfChannel(Kind.TLS_FAILURE, "TLS failed: " + tls.getMessage(), tls);
        }
        return cause instanceof IOException
                ? new EndOfChannel(Kind.PEER_CLOSED, "the connection broke: " + cause.getMessage(), cause)
                : new EndOfChannel(Kind.INTERNAL, "unexpected failure: " + cause, cause);
    }

    /** The peer closed it, in order. */
    static EndOfChannel ofClose() {
        return new EndOfChannel(Kind.PEER_CLOSED, "the peer closed the connection", null);
    }

    /** The peer closed it after a GOAWAY. */
    static EndOfChannel afterGoAway(final String goAway) {
        return new EndOfChannel(Kind.GOAWAY, "the server sent " + goAway + " and closed", null);
    }

    /** The peer closed it before it had shown that it speaks HTTP/2. */
    static EndOfChannel beforeSettings(final PeerGreeting greeting) {
        final String seen = greeting.describe();
        return new EndOfChannel(
                seen.equals("nothing") ? Kind.PEER_CLOSED : Kind.NOT_HTTP2,
                "the peer closed the connection after sending " + seen,
                null);
    }
}
