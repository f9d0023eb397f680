package io.tikvdirect.client;

/** Immutable. How gRPC messages to stores are compressed. */
public enum Compression {
    /** Not at all. */
    NONE,
    /** With gzip, both ways. */
    GZIP
}
