package io.tikvdirect.embedded.vectors;

/** Immutable. How an exchange with the cluster under test compares with the recorded one. */
enum Verdict {
    ALIKE,
    DIFFERENT,
    /** The server has no such RPC, the recorded one had. */
    NOT_SERVED,
    /** Served, and unlike what two recordings disagreed about. */
    UNSTABLE
}
