package io.tikvdirect.client;

/** Immutable. How sockets are driven. */
public enum Transport {
    /** The fastest that loads on this machine: epoll on Linux, kqueue on macOS, otherwise NIO. */
    AUTO,
    /** Linux io_uring; an error where it does not load. */
    IO_URING,
    /** Linux epoll; an error where it does not load. */
    EPOLL,
    /** macOS and BSD kqueue; an error where it does not load. */
    KQUEUE,
    /** The JDK's selector, on every platform. */
    NIO
}
