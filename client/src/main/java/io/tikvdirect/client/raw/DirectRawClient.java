package io.tikvdirect.client.raw;

import org.agrona.DirectBuffer;

/**
 * Thread-safe. The direct face of raw key-value operations: buffers in, a callback with a borrowed view out, and a
 * {@code long} of the caller's choice to tell operations apart. Once warm, an operation allocates nothing.
 *
 * <p><b>Return value.</b> Every submitting method returns true when the operation was accepted; then the callback will be
 * called exactly once. It returns false when the in-flight window is full; then nothing happened and nothing will.
 * What the caller did wrong (empty key, key or value over the limit, closed client) is thrown at once as a {@link
 * io.tikvdirect.client.TikvException}.
 *
 * <p><b>Buffers.</b> Keys and values are <i>borrowed</i>: copied before the method returns. Any {@link DirectBuffer}
 * will do; Agrona's own {@code UnsafeBuffer} asks for JVM flags, {@code io.tikvdirect.codec.buffer.KeyBuffer} does not.
 *
 * <p><b>Threads.</b> Any thread may submit, an event loop of the client included: submitting from a callback is the
 * normal way to keep a window full.
 */
public interface DirectRawClient {

    /**
     * Reads one key.
     *
     * @param key holds the key
     * @param offset where it begins
     * @param length its length, 1 to {@code maxKeyBytes}
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean get(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback);

    /**
     * Writes one key, without expiry.
     *
     * @param key holds the key
     * @param keyOffset where it begins
     * @param keyLength its length, 1 to {@code maxKeyBytes}
     * @param value holds the value
     * @param valueOffset where it begins
     * @param valueLength its length, 0 to {@code maxValueBytes}
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    default boolean put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long correlationId,
            DirectCallback callback) {
        return put(key, keyOffset, keyLength, value, valueOffset, valueLength, 0, correlationId, callback);
    }

    /**
     * Writes one key.
     *
     * @param key holds the key
     * @param keyOffset where it begins
     * @param keyLength its length, 1 to {@code maxKeyBytes}
     * @param value holds the value
     * @param valueOffset where it begins
     * @param valueLength its length, 0 to {@code maxValueBytes}
     * @param ttlSeconds time to live in seconds; 0 means "never expires"
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long ttlSeconds,
            long correlationId,
            DirectCallback callback);

    /**
     * Deletes one key.
     *
     * @param key holds the key
     * @param offset where it begins
     * @param length its length, 1 to {@code maxKeyBytes}
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean delete(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback);

    /**
     * Reads many keys; see {@link RawClient#batchGet(java.util.List)}.
     *
     * @param keys the keys; copied before the method returns, may be cleared and filled anew then
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean batchGet(DirectBatch keys, long correlationId, DirectCallback callback);

    /**
     * Writes many pairs; see {@link RawClient#batchPut(java.util.List)}.
     *
     * @param pairs the pairs; copied before the method returns, may be cleared and filled anew then
     * @param ttlSeconds time to live in seconds of all pairs; 0 means "never expires"
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean batchPut(DirectBatch pairs, long ttlSeconds, long correlationId, DirectCallback callback);

    /**
     * Deletes many keys; see {@link RawClient#batchDelete(java.util.List)}.
     *
     * @param keys the keys; copied before the method returns, may be cleared and filled anew then
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean batchDelete(DirectBatch keys, long correlationId, DirectCallback callback);

    /**
     * Reads the first {@link ScanOptions#limit()} pairs of a range.
     *
     * @param start holds the inclusive lower bound
     * @param startOffset where it begins
     * @param startLength its length; 0 means unbounded
     * @param end holds the exclusive upper bound
     * @param endOffset where it begins
     * @param endLength its length; 0 means unbounded
     * @param options limit (1 to 10,240), direction, keys only
     * @param correlationId handed to the callback
     * @param callback receives the outcome
     * @return false when the in-flight window is full
     */
    boolean scan(
            DirectBuffer start,
            int startOffset,
            int startLength,
            DirectBuffer end,
            int endOffset,
            int endLength,
            ScanOptions options,
            long correlationId,
            DirectCallback callback);

    /**
     * The same client seen with other options.
     *
     * @param options the options of the new view
     * @return a view that uses these options for every call
     */
    DirectRawClient with(RawOptions options);

    /**
     * The options of this view.
     *
     * @return never null
     */
    RawOptions options();
}
