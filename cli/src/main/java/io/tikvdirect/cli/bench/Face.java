package io.tikvdirect.cli.bench;

/** Immutable. The faces of the client. */
enum Face {
    /** Buffers in, callback out; operations are issued again from the callback. */
    DIRECT,
    /** Completion stages; operations are issued again from the completion. */
    ASYNC,
    /** Blocking calls, one thread for each operation in flight. */
    SYNC
}
