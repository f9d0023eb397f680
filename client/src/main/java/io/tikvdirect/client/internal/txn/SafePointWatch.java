package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.pd.GcStates;
import io.tikvdirect.client.txn.SnapshotTooOldException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Knows how far back reads may go: what lies before the transaction safe point may be gone, so a read there
 * could miss versions without noticing (SNP-07). PD is asked each ten seconds; when it has not answered for so long that
 * the collector may have gone on unseen, no read is sure any more.
 */
final class SafePointWatch {

    /** How often PD is asked (client-go: gcSafePointUpdateInterval), and how soon again after a failure. */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    /** Older knowledge is none (client-go: GcSafePointCacheInterval less gcCPUTimeInaccuracyBound). */
    static final long OLDEST_NS = TimeUnit.SECONDS.toNanos(90);

    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(5);

    private final GcStates states;
    private final long keyspaceId;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long safePoint;
    private volatile long heardNs = System.nanoTime();
    private volatile long dueNs = System.nanoTime();

    SafePointWatch(GcStates states, long keyspaceId) {
        this.states = states;
        this.keyspaceId = keyspaceId;
    }

    /** Called each second. */
    void onTick(long nowNs) {
        if (nowNs - dueNs >= 0 && asking.compareAndSet(false, true)) {
            ask(nowNs);
        }
    }

    private void ask(long nowNs) {
        var unused = states.state(keyspaceId, nowNs + ANSWER_NS).whenComplete((state, failure) -> {
            dueNs = System.nanoTime() + (failure == null ? INTERVAL_NS : RETRY_NS);
            if (failure == null) {
                heard(state.getTxnSafePoint(), nowNs);
            }
            asking.set(false);
        });
    }

    /**
     * The safe point was heard of.
     *
     * @param newSafePoint it never goes back
     * @param askedNs when PD was asked
     */
    void heard(long newSafePoint, long askedNs) {
        if (Long.compareUnsigned(newSafePoint, safePoint) > 0) {
            safePoint = newSafePoint;
        }
        heardNs = askedNs;
    }

    /** Why what was read at a timestamp cannot be relied upon; null when it can. */
    @Nullable
    TikvException refusal(long readTs) {
        return refusal(readTs, System.nanoTime());
    }

    @Nullable
    TikvException refusal(long readTs, long nowNs) {
        if (Long.compareUnsigned(readTs, safePoint) < 0) {
            return new SnapshotTooOldException(
                    "timestamp " + Long.toUnsignedString(readTs) + " lies before the safe point of garbage collection, "
                            + Long.toUnsignedString(safePoint),
                    FailureDetails.NONE,
                    null);
        }
        return nowNs - heardNs < OLDEST_NS
                ? null
                : new PdUnavailableException(
                        "PD has not told the safe point of garbage collection for more than "
                                + TimeUnit.NANOSECONDS.toSeconds(OLDEST_NS) + " s: what is read may be incomplete",
                        FailureDetails.NONE,
                        null);
    }
}
