package io.tikvdirect.transport;

/** Immutable: message encodings that a connection negotiates. */
public enum Compression {
    /** No compression is offered; a compressed message is an error. */
    NONE,
    /** gzip is offered to servers and may be used for requests. */
    GZIP
}
