package io.tikvdirect.client.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The blocking face of raw key-value operations.
 *
 * <p>Every method waits for its result, at most until the deadline given by {@link RawOptions#timeout()}. It may be
 * called from platform and virtual threads, but never from one of the client's event loops (that is: not from a direct
 * callback, and not from a stage completed on the default executor): such a call throws {@link IllegalStateException}
 * at once, because the thread that would wait is the one that has to deliver the answer.
 *
 * <p><b>Interrupts.</b> When the calling thread is interrupted before or while it waits, the call ends with a {@link
 * io.tikvdirect.client.TikvException} whose cause is an {@link InterruptedException}; the thread's interrupt flag stays
 * set. A write that was already sent may still take effect.
 *
 * <p><b>Failures.</b> All methods throw {@link io.tikvdirect.client.TikvException}: invalid arguments before anything
 * is sent; {@link io.tikvdirect.client.UndeterminedException} when a write that must not be repeated may or may not have
 * been executed; {@link io.tikvdirect.client.RequestTimeoutException} when the deadline has passed.
 *
 * <p><b>Arrays.</b> Arrays and lists handed in are read until the call returns and are not kept. Returned arrays belong
 * to the caller.
 */
public interface RawClient {

    /**
     * Reads one key.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @return the value, which may be empty, or null when the key does not exist
     */
    byte @Nullable [] get(byte[] key);

    /**
     * Writes one key; a TTL the key had before is removed.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @param value 0 to {@code maxValueBytes} bytes
     */
    void put(byte[] key, byte[] value);

    /**
     * Writes one key that expires.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @param value 0 to {@code maxValueBytes} bytes
     * @param ttl time to live, counted by the store in whole seconds and rounded up; zero means "never expires"
     * @throws io.tikvdirect.client.TikvException with code {@code TTL_NOT_SUPPORTED} when the cluster stores no TTLs
     *     (API V1 without TTL)
     */
    void put(byte[] key, byte[] value, Duration ttl);

    /**
     * Deletes one key; a key that does not exist is a success.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     */
    void delete(byte[] key);

    /**
     * Reads many keys, region by region and in bounded chunks that travel in parallel. There is no common snapshot.
     *
     * @param keys any number of keys, duplicates allowed
     * @return as many elements as keys, in their order; null where a key does not exist
     * @throws PartialFailureException when some chunk failed; it names the keys without a result
     */
    List<byte @Nullable []> batchGet(List<byte[]> keys);

    /**
     * Writes many keys in bounded chunks that travel in parallel. Chunks are not atomic together: after a failure some
     * pairs may have been written. When a key appears twice the later pair wins.
     *
     * @param pairs any number of pairs, each with a value
     * @throws PartialFailureException when some chunk failed; it names the keys that are not known to be written
     */
    void batchPut(List<KvPair> pairs);

    /**
     * Like {@link #batchPut(List)}, all pairs with the same TTL.
     *
     * @param pairs any number of pairs, each with a value
     * @param ttl time to live, counted in whole seconds and rounded up; zero means "never expires"
     */
    void batchPut(List<KvPair> pairs, Duration ttl);

    /**
     * Like {@link #batchPut(List)}, each pair with a TTL of its own.
     *
     * @param pairs any number of pairs, each with a value
     * @param ttls as many as pairs, in their order, counted in whole seconds and rounded up; zero means "never expires"
     * @throws io.tikvdirect.client.InvalidArgumentException when there are more or fewer times than pairs
     */
    void batchPut(List<KvPair> pairs, List<Duration> ttls);

    /**
     * Deletes many keys in bounded chunks that travel in parallel; keys that do not exist count as deleted.
     *
     * @param keys any number of keys, duplicates allowed
     * @throws PartialFailureException when some chunk failed; it names the keys that are not known to be deleted
     */
    void batchDelete(List<byte[]> keys);

    /**
     * Reads the first {@link ScanOptions#limit()} pairs of a range across as many regions as it takes.
     *
     * @param range the range; start inclusive, end exclusive, either side may be unbounded
     * @param options limit (1 to 10,240), direction, keys only
     * @return the pairs in ascending order of their keys, descending when {@link ScanOptions#reverse()}
     */
    List<KvPair> scan(KeyRange range, ScanOptions options);

    /**
     * Reads the first {@link ScanOptions#limit()} pairs of several ranges under one deadline, range after range in the order
     * given. A prefix is a range too: {@link KeyRange#prefix(byte[])}.
     *
     * @param ranges the ranges; where two overlap their common pairs come twice
     * @param options limit over all ranges (1 to 10,240), direction within each range, keys only
     * @return the pairs of the first range, then those of the next
     */
    List<KvPair> scan(List<KeyRange> ranges, ScanOptions options);

    /**
     * Streams a range of any size page by page; while the caller consumes a page the next one is fetched.
     *
     * @param range the range
     * @param options page size, direction, keys only; {@link ScanOptions#limit()} bounds the total when it is set
     * @return a scanner that the caller closes
     */
    RawScanner scanner(KeyRange range, ScanOptions options);

    /**
     * Deletes every key of a range, region after region. Not atomic: after a failure a part of the range may be gone.
     *
     * @param range the range; either side may be unbounded, and no bound may be longer than a key
     */
    void deleteRange(KeyRange range);

    /**
     * Swaps the value of a key atomically if its present state is the expected one. Needs {@link RawOptions#atomic()},
     * because it is linearizable only against writers that use atomic mode as well.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @param expected the value the key must have; null: the key must not exist
     * @param value the new value
     * @return whether it was swapped, and the state before
     * @throws io.tikvdirect.client.UndeterminedException when the request was sent and its answer lost; it is never sent
     *     twice
     */
    CasResult compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value);

    /**
     * Like {@link #compareAndSwap(byte[], byte[], byte[])}, the new value with a TTL.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @param expected the value the key must have; null: the key must not exist
     * @param value the new value
     * @param ttl time to live, counted in whole seconds and rounded up; zero means "never expires"
     * @return whether it was swapped, and the state before
     */
    CasResult compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value, Duration ttl);

    /**
     * Writes a key only if it does not exist. Needs {@link RawOptions#atomic()}.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @param value the new value
     * @return null when the value was written, else the value that was there
     */
    default byte @Nullable [] putIfAbsent(byte[] key, byte[] value) {
        CasResult result = compareAndSwap(key, null, value);
        return result.swapped() ? null : result.previous();
    }

    /**
     * Asks how long a key will live.
     *
     * @param key 1 to {@code maxKeyBytes} bytes
     * @return absent, without expiry, or the remaining seconds
     * @throws io.tikvdirect.client.TikvException with code {@code TTL_NOT_SUPPORTED} on API V1 without TTL; nothing is
     *     sent then, because a TiKV server without TTL dies from this request
     */
    KeyTtl keyTtl(byte[] key);

    /**
     * Computes the checksum of a range, combined over its regions (CRC64 of key and value, XORed over the pairs).
     *
     * @param range the range; either side may be unbounded
     * @return checksum, number of pairs and bytes as TiKV counts them (API V2 counts its 4-byte key prefix)
     */
    RawChecksum checksum(KeyRange range);

    /**
     * Runs a raw coprocessor plug-in of the stores on every region of some ranges.
     *
     * @param request plug-in, version, ranges and the builder of each region's input
     * @return one answer per region, in the order of the ranges
     */
    List<RawCoprocessorResponse> coprocessor(RawCoprocessorRequest request);

    /**
     * The same client seen with other options; cheap, shares everything else.
     *
     * @param options the options of the new view
     * @return a view that uses these options for every call
     */
    RawClient with(RawOptions options);

    /**
     * The options of this view.
     *
     * @return never null
     */
    RawOptions options();

    /**
     * The asynchronous face with the options of this view.
     *
     * @return never null
     */
    AsyncRawClient async();

    /**
     * The direct face with the options of this view.
     *
     * @return never null
     */
    DirectRawClient direct();
}
