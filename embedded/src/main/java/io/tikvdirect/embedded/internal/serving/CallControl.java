package io.tikvdirect.embedded.internal.serving;

import io.grpc.Status;

/** Thread-safe. What a fault can do to the call that carries a request. */
interface CallControl {
    /** Ends the call with this status; nothing when it has ended. */
    void fail(Status status);

    /** Ends the call's HTTP/2 stream with RST_STREAM (CANCEL). */
    void resetStream();

    /** Sends GOAWAY on the connection; {@code refusing} disowns the call's own stream. */
    void goAway(boolean refusing);

    /** Closes the connection at once. */
    void closeConnection();
}
