package io.tikvdirect.codec.key;

/**
 * Immutable as long as nobody writes to its arrays: a half-open range of keys.
 *
 * @param start first key, inclusive; empty for the beginning of the key space
 * @param end first key beyond, exclusive; empty for the end of the key space
 */
@SuppressWarnings("ArrayRecordComponent") // a pair to take apart at once, never compared or hashed
public record KeyBounds(byte[] start, byte[] end) {}
