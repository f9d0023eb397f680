package io.tikvdirect.client;

/** Immutable. What an asynchronous call does when the window of operations in flight is full. */
public enum Saturation {
    /** The stage fails at once with {@link BackpressureException}. */
    FAIL,
    /** The calling thread waits, at most until the operation's deadline. */
    WAIT
}
