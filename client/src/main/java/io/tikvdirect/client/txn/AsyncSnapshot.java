package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. {@link Snapshot} without blocking. Stages complete on the configured executor, else on an event loop, where
 * nothing may block; they fail with the exceptions that the blocking methods throw. Methods never throw.
 */
public interface AsyncSnapshot {

    /**
     * The timestamp.
     *
     * @return as given
     */
    Timestamp timestamp();

    /**
     * See {@link Snapshot#get}.
     *
     * @param key not empty
     * @return its value, or null
     */
    CompletionStage<byte @Nullable []> get(byte[] key);

    /**
     * See {@link Snapshot#getVersioned}.
     *
     * @param key not empty
     * @return its value and the commit timestamp, or null
     */
    CompletionStage<@Nullable VersionedValue> getVersioned(byte[] key);

    /**
     * See {@link Snapshot#batchGet}.
     *
     * @param keys none empty; may repeat
     * @return values in the order asked, null where there is none
     */
    CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys);

    /**
     * See {@link Snapshot#scan}.
     *
     * @param range of user keys
     * @param options the limit is required
     * @return pairs in the order of the scan
     */
    CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options);

    /**
     * Reads a range as fast as its subscriber asks for pairs, at most a page ahead; every subscriber gets a scan of its own.
     *
     * @param range of user keys
     * @param options page size and limit
     * @return a publisher of pairs in the order of the scan
     */
    Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options);
}
