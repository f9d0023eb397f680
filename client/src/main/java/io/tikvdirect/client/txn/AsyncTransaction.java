package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Not thread-safe: calls are made one after another, but any number of reads may be under way at once. {@link Transaction}
 * without blocking. Stages complete on the configured executor, else on an event loop, where nothing may block; they fail
 * with the exceptions that the blocking methods throw. Writes are local and throw at once.
 */
public interface AsyncTransaction {

    /**
     * The state that is read.
     *
     * @return the start timestamp
     */
    Timestamp startTimestamp();

    /**
     * How often {@link AsyncTransactionClient#run} has begun.
     *
     * @return 1 for the first time
     */
    int attempt();

    /**
     * See {@link Transaction#get}.
     *
     * @param key not empty
     * @return its value, or null
     */
    CompletionStage<byte @Nullable []> get(byte[] key);

    /**
     * See {@link Transaction#batchGet}.
     *
     * @param keys none empty; may repeat
     * @return values in the order asked, null where there is none
     */
    CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys);

    /**
     * See {@link Transaction#scan}; own writes as they are when this is called.
     *
     * @param range of user keys
     * @param options the limit is required
     * @return pairs in the order of the scan
     */
    CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options);

    /**
     * See {@link Transaction#put}.
     *
     * @param key not empty
     * @param value not empty
     */
    void put(byte[] key, byte[] value);

    /**
     * See {@link Transaction#insert}.
     *
     * @param key not empty
     * @param value not empty
     */
    void insert(byte[] key, byte[] value);

    /**
     * See {@link Transaction#requireAbsent}.
     *
     * @param key not empty
     */
    void requireAbsent(byte[] key);

    /**
     * See {@link Transaction#delete}.
     *
     * @param key not empty
     */
    void delete(byte[] key);

    /**
     * As {@link Transaction#flush}. When a pipelined transaction writes faster than it is flushed, its writes fail with
     * {@link io.tikvdirect.client.BackpressureException}; wait for this stage then.
     *
     * @return completes when what was written before is in the stores
     */
    CompletionStage<@Nullable Void> flush();

    /**
     * See {@link Transaction#expectPresent}.
     *
     * @param key not empty
     */
    void expectPresent(byte[] key);

    /**
     * See {@link Transaction#expectAbsent}.
     *
     * @param key not empty
     */
    void expectAbsent(byte[] key);

    /**
     * Reads a range as fast as its subscriber asks for pairs, at most a page ahead; every subscriber gets a scan of its own.
     * Own writes are those made before a page is fetched.
     *
     * @param range of user keys
     * @param options page size and limit
     * @return a publisher of pairs in the order of the scan
     */
    Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options);

    /**
     * See {@link Transaction#lock}. Nothing else may be called until the stage is complete.
     *
     * @param keys none empty
     * @param options waiting and values
     * @return values as of now, null where there is none
     */
    CompletionStage<List<byte @Nullable []>> lock(List<byte[]> keys, LockOptions options);

    /**
     * As {@link Transaction#statement}; nothing of it blocks.
     *
     * @return to be closed; calls to {@link #lock} until then belong to it
     */
    LockStatement statement();

    /**
     * See {@link Transaction#commit}.
     *
     * @return when it was committed
     */
    CompletionStage<Timestamp> commit();

    /** See {@link Transaction#rollback}. */
    void rollback();
}
