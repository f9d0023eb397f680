package io.tikvdirect.client.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The asynchronous face of raw key-value operations: the methods of {@link RawClient}, with the same
 * arguments and failures, as stages.
 *
 * <p>No method blocks and none throws for what happens to the operation: every failure, an invalid argument included,
 * is the stage's {@link io.tikvdirect.client.TikvException}. Stages complete on the executor of the client's
 * configuration, by default on the event loop that read the answer; there, a dependent action must not block.
 *
 * <p><b>Full window.</b> When all places of the in-flight window are taken the stage fails with {@code BACKPRESSURE} or
 * waits for a place within its deadline, as configured.
 *
 * <p><b>Arrays.</b> Point operations copy keys and values before they return. Batch operations read the arrays until
 * the stage completes; do not change them before.
 *
 * <p><b>Cancellation.</b> {@code toCompletableFuture().cancel(..)} ends the stage at once. An operation that has not
 * been sent is dropped; the answer of one that has been sent is ignored, and a write may still take effect. The same holds
 * for each part of a call over many keys or regions: what has been sent keeps its place in the window until it is answered
 * or its deadline has passed, for that long the store may be busy with it, and nothing further is sent.
 */
public interface AsyncRawClient {

    /**
     * See {@link RawClient#get(byte[])}.
     *
     * @param key the key
     * @return the value, or null when the key does not exist
     */
    CompletionStage<byte @Nullable []> get(byte[] key);

    /**
     * See {@link RawClient#put(byte[], byte[])}.
     *
     * @param key the key
     * @param value the value
     * @return completes with null
     */
    CompletionStage<@Nullable Void> put(byte[] key, byte[] value);

    /**
     * See {@link RawClient#put(byte[], byte[], Duration)}.
     *
     * @param key the key
     * @param value the value
     * @param ttl time to live; zero means "never expires"
     * @return completes with null
     */
    CompletionStage<@Nullable Void> put(byte[] key, byte[] value, Duration ttl);

    /**
     * See {@link RawClient#delete(byte[])}.
     *
     * @param key the key
     * @return completes with null
     */
    CompletionStage<@Nullable Void> delete(byte[] key);

    /**
     * See {@link RawClient#batchGet(List)}.
     *
     * @param keys the keys
     * @return as many elements as keys, in their order
     */
    CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys);

    /**
     * See {@link RawClient#batchPut(List)}.
     *
     * @param pairs the pairs
     * @return completes with null
     */
    CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs);

    /**
     * See {@link RawClient#batchPut(List, Duration)}.
     *
     * @param pairs the pairs
     * @param ttl time to live; zero means "never expires"
     * @return completes with null
     */
    CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs, Duration ttl);

    /**
     * See {@link RawClient#batchPut(List, List)}.
     *
     * @param pairs the pairs
     * @param ttls as many as pairs; zero means "never expires"
     * @return completes with null
     */
    CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs, List<Duration> ttls);

    /**
     * See {@link RawClient#batchDelete(List)}.
     *
     * @param keys the keys
     * @return completes with null
     */
    CompletionStage<@Nullable Void> batchDelete(List<byte[]> keys);

    /**
     * See {@link RawClient#scan(KeyRange, ScanOptions)}.
     *
     * @param range the range
     * @param options the options
     * @return the pairs in the order of the scan
     */
    CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options);

    /**
     * See {@link RawClient#scan(List, ScanOptions)}.
     *
     * @param ranges the ranges
     * @param options the options
     * @return the pairs of the first range, then those of the next
     */
    CompletionStage<List<KvPair>> scan(List<KeyRange> ranges, ScanOptions options);

    /**
     * Streams a range. Each subscription scans anew, requests nothing before the subscriber asks for it, never delivers
     * more than was asked for, and fetches one page ahead of the demand. Cancelling ends the scan. A failure is
     * signalled by {@code onError} and is never taken for the end of the range.
     *
     * @param range the range
     * @param options page size, direction, keys only; {@link ScanOptions#limit()} bounds the total when it is set
     * @return a publisher for any number of subscribers
     */
    Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options);

    /**
     * See {@link RawClient#deleteRange(KeyRange)}.
     *
     * @param range the range
     * @return completes with null
     */
    CompletionStage<@Nullable Void> deleteRange(KeyRange range);

    /**
     * See {@link RawClient#compareAndSwap(byte[], byte[], byte[])}.
     *
     * @param key the key
     * @param expected the value the key must have; null: the key must not exist
     * @param value the new value
     * @return whether it was swapped, and the state before
     */
    CompletionStage<CasResult> compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value);

    /**
     * See {@link RawClient#compareAndSwap(byte[], byte[], byte[], Duration)}.
     *
     * @param key the key
     * @param expected the value the key must have; null: the key must not exist
     * @param value the new value
     * @param ttl time to live; zero means "never expires"
     * @return whether it was swapped, and the state before
     */
    CompletionStage<CasResult> compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value, Duration ttl);

    /**
     * See {@link RawClient#keyTtl(byte[])}.
     *
     * @param key the key
     * @return absent, without expiry, or the remaining seconds
     */
    CompletionStage<KeyTtl> keyTtl(byte[] key);

    /**
     * See {@link RawClient#checksum(KeyRange)}.
     *
     * @param range the range
     * @return the checksum
     */
    CompletionStage<RawChecksum> checksum(KeyRange range);

    /**
     * See {@link RawClient#coprocessor(RawCoprocessorRequest)}.
     *
     * @param request the request
     * @return one answer per region, in the order of the ranges
     */
    CompletionStage<List<RawCoprocessorResponse>> coprocessor(RawCoprocessorRequest request);

    /**
     * The same client seen with other options.
     *
     * @param options the options of the new view
     * @return a view that uses these options for every call
     */
    AsyncRawClient with(RawOptions options);

    /**
     * The options of this view.
     *
     * @return never null
     */
    RawOptions options();
}
