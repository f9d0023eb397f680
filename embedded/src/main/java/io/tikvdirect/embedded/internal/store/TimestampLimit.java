package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.RequestOrigin;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Thread-safe. Refuses timestamps that PD's oracle has not given out yet: a store that believed one would let later
 * transactions commit in the future only. A real server ends its process (SURPRISES 3) unless it is set up to answer
 * this error.
 */
final class TimestampLimit {
    private static final long DRIFT = Ts.ofMs(60_000);

    private final LongSupplier oracle;
    private final AtomicLong given = new AtomicLong();

    /** The limit by an oracle, which is asked only about timestamps beyond its last answer. */
    TimestampLimit(LongSupplier oracle) {
        this.oracle = oracle;
    }

    /** For reads, which may be ahead of it by a minute; the maximum is no timestamp. */
    void requireNear(long ts) throws RegionErrorException {
        require(ts, DRIFT);
    }

    /** For what settles locks: exact, unless it is TiDB that asks. */
    void requireGiven(Context context, long... timestamps) throws RegionErrorException {
        long drift = context.getRequestOrigin() == RequestOrigin.RequestOriginTiDB ? DRIFT : 0;
        for (long ts : timestamps) {
            require(ts, drift);
        }
    }

    private void require(long ts, long drift) throws RegionErrorException {
        if (ts == Ts.MAX || !Ts.isBefore(given.get() + drift, ts)) {
            return;
        }
        long limit = given.accumulateAndGet(oracle.getAsLong(), Ts::max) + drift;
        if (Ts.isBefore(limit, ts)) {
            throw RegionErrors.message("invalid max_ts update: " + Long.toUnsignedString(ts)
                    + " is ahead of PD, which allows " + Long.toUnsignedString(limit));
        }
    }
}
