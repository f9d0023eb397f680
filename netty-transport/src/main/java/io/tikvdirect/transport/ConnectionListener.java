package io.tikvdirect.transport;

/** Called on the connection's event loop only, each method at most once. */
public interface ConnectionListener {
    /**
     * TCP, TLS and ALPN stand and the preface is on its way. Calls may be started before this; they wait for it. The
     * peer's SETTINGS are not waited for, because a server may look at the first request before it answers (H20).
     *
     * @param connection that is ready
     */
    default void onReady(final GrpcConnection connection) {}

    /**
     * The connection takes no more calls: the peer sent GOAWAY, the stream ids are used up or it is closing. Calls that
     * run may finish.
     *
     * @param connection to be replaced
     */
    default void onDraining(final GrpcConnection connection) {}

    /**
     * The connection is gone. All its calls have ended before.
     *
     * @param connection that ended
     * @param cause why; kind {@link TransportException.Kind#LOCAL_CLOSE} when this side wanted it
     */
    void onClosed(GrpcConnection connection, TransportException cause);
}
