package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.ScanOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Immutable. What a caller may ask for; checked before anything is sent. */
final class Limits {

    /** Keys and pairs of one request at most (client-go: rawBatchPairCount; it sends one more, RAW-05). */
    static final int CHUNK_ITEMS = 512;

    /** Bytes of keys and values of one request at most, unless a single pair is larger (client-go: rawBatchPutSize). */
    static final int CHUNK_BYTES = 16 * 1024;

    private final int keyLimit;
    private final int valueLimit;
    private final ApiVersion api;

    Limits(Config config) {
        this.keyLimit = config.keyLimit();
        this.valueLimit = config.valueLimit();
        this.api = config.api();
    }

    int keyLimit() {
        return keyLimit;
    }

    ApiVersion api() {
        return api;
    }

    void key(byte[] key) {
        Objects.requireNonNull(key, "key");
        key(key.length);
    }

    void key(int length) {
        if (length == 0 || length > keyLimit) {
            throw length == 0
                    ? new InvalidArgumentException("the key is empty")
                    : new InvalidArgumentException("the key has " + length + " bytes, the limit is " + keyLimit);
        }
    }

    /**
     * Bounds of a range to delete: a store refuses longer ones, and would do so after the regions before them are empty.
     */
    void deletable(KeyRange range) {
        int longest = Math.max(range.start().length, range.end().length);
        if (longest > keyLimit) {
            throw new InvalidArgumentException(
                    "a bound of the range to delete has " + longest + " bytes, the limit is " + keyLimit);
        }
    }

    void value(byte[] value) {
        Objects.requireNonNull(value, "value");
        value(value.length);
    }

    void value(int length) {
        if (length > valueLimit) {
            throw new InvalidArgumentException("the value has " + length + " bytes, the limit is " + valueLimit);
        }
    }

    /** A TTL in the seconds that are sent: rounded up, so that a key never dies early. */
    long ttlSeconds(Duration ttl) {
        Objects.requireNonNull(ttl, "ttl");
        if (ttl.isNegative()) {
            throw new InvalidArgumentException("the ttl is negative: " + ttl);
        }
        long seconds = ttl.getSeconds() + (ttl.getNano() == 0 ? 0 : 1);
        ttlSeconds(seconds);
        return seconds;
    }

    /** One TTL for each of some pairs. */
    long[] ttlSeconds(List<Duration> ttls, int pairs) {
        if (ttls.size() != pairs) {
            throw new InvalidArgumentException(
                    "there are " + ttls.size() + " times to live for " + pairs + " pairs; each pair needs one");
        }
        return ttls.stream().mapToLong(this::ttlSeconds).toArray();
    }

    void ttlSeconds(long seconds) {
        if (seconds < 0) {
            throw new InvalidArgumentException("the ttl is negative: " + seconds + " s");
        }
        if (seconds != 0) {
            ttlSupported();
        }
    }

    /** A TiKV server of API V1 without TTL dies when it is asked for a key's TTL, so it is not asked. */
    void ttlSupported() {
        if (api == ApiVersion.V1) {
            throw new ServerException(
                    ErrorCode.TTL_NOT_SUPPORTED,
                    "a time to live needs api=v1ttl or api=v2, this client is configured for api=v1",
                    FailureDetails.NONE,
                    null);
        }
    }

    void compareAndSwap(RawOptions options) {
        if (!options.atomic()) {
            throw new UnsupportedFeatureException(
                    "compare-and-swap needs a client in atomic mode: raw.with(options.withAtomic(true))",
                    FailureDetails.NONE,
                    null);
        }
    }

    void scan(KeyRange range, ScanOptions options) {
        Objects.requireNonNull(range, "range");
        scanLimit(options);
    }

    void scanLimit(ScanOptions options) {
        if (options.limit() > ScanOptions.MAX_LIMIT) {
            throw new InvalidArgumentException("the scan limit is " + options.limit() + ", the maximum is "
                    + ScanOptions.MAX_LIMIT + "; use a scanner for more");
        }
    }
}
