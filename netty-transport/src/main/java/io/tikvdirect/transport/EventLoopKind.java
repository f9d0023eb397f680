package io.tikvdirect.transport;

/** Immutable: ways to wait for the network. */
public enum EventLoopKind {
    /** epoll, else kqueue, else NIO: the first that is on the class path and loads. */
    AUTO,
    /** Linux io_uring; only on request. */
    IO_URING,
    /** Linux epoll. */
    EPOLL,
    /** macOS and BSD kqueue. */
    KQUEUE,
    /** The JDK's selector; always there. */
    NIO
}
