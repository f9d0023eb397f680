package io.tikvdirect.client.internal.backoff;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Immutable. What was met, and how the pauses after it grow: pause number n, from 0, is {@code min(cap, base * 2^n)};
 * with equal jitter half of that is fixed and the other half random. The numbers are those of client-go's
 * config/retry/config.go.
 */
public enum BackoffKind {
    /** A request could not be sent, or its stream broke. */
    TIKV_RPC("tikvRPC", 100, 2_000, true),
    /** The same towards TiFlash. */
    TIFLASH_RPC("tiflashRPC", 100, 2_000, true),
    /** A lock was met by a write. */
    TXN_LOCK("txnLock", 100, 3_000, true),
    /** A lock was met by a read. */
    TXN_LOCK_FAST("txnLockFast", 10, 3_000, true),
    /** PD did not answer. */
    PD_RPC("pdRPC", 500, 3_000, true),
    /** The key has moved to another region. */
    REGION_MISS("regionMiss", 2, 500, false),
    /** The region has no leader for now, or is merging. */
    REGION_SCHEDULING("regionScheduling", 2, 500, false),
    /** The store is overloaded; not charged to the budget, see {@link #exemptMs()}. */
    TIKV_SERVER_BUSY("tikvServerBusy", 2_000, 10_000, true, 600_000),
    /** The same on TiFlash, charged. */
    TIFLASH_SERVER_BUSY("tiflashServerBusy", 2_000, 10_000, true),
    /** The store's disk is full. */
    TIKV_DISK_FULL("tikvDiskFull", 500, 5_000, false),
    /** The region is being recovered. */
    REGION_RECOVERY_IN_PROGRESS("regionRecoveryInProgress", 100, 10_000, true),
    /** The primary lock is not there yet. */
    TXN_NOT_FOUND("txnNotFound", 2, 500, false),
    /** The command met a newer term. */
    STALE_COMMAND("staleCommand", 2, 1_000, false),
    /** A new leader does not know the maximum timestamp yet. */
    MAX_TS_NOT_SYNCED("maxTsNotSynced", 2, 500, false),
    /** PD's time has to pass a commit timestamp. */
    COMMIT_TS_LAG("commitTSLag", 2, 500, false),
    /** A new peer is not ready. */
    REGION_NOT_INITIALIZED("regionNotInitialized", 2, 1_000, false),
    /** The peer holds no data. */
    IS_WITNESS("isWitness", 1_000, 10_000, true);

    /** No pause outgrows its cap after this many doublings; more would overflow. */
    private static final int MAX_DOUBLINGS = 16;

    private final String label;
    private final long baseMs;
    private final long capMs;
    private final boolean jittered;
    private final long exemptMs;

    BackoffKind(final String label, final long baseMs, final long capMs, final boolean jittered) {
        this(label, baseMs, capMs, jittered, 0);
    }

    BackoffKind(final String label, final long baseMs, final long capMs, final boolean jittered, final long exemptMs) {
        this.label = label;
        this.baseMs = baseMs;
        this.capMs = capMs;
        this.jittered = jittered;
        this.exemptMs = exemptMs;
    }

    /**
     * The name client-go uses, for messages and metrics.
     *
     * @return such as {@code regionMiss}
     */
    public String label() {
        return label;
    }

    /**
     * The first pause.
     *
     * @return milliseconds
     */
    public long baseMs() {
        return baseMs;
    }

    /**
     * The longest pause.
     *
     * @return milliseconds
     */
    public long capMs() {
        return capMs;
    }

    /**
     * Whether half of each pause is random.
     *
     * @return true for equal jitter
     */
    public boolean isJittered() {
        return jittered;
    }

    /**
     * How much sleep of this kind is not charged to the budget; once it is used up the operation ends.
     *
     * @return milliseconds; 0 when all of it is charged
     */
    public long exemptMs() {
        return exemptMs;
    }

    /**
     * How long to pause.
     *
     * @param attempt how many pauses of this kind there were, from 0
     * @param random where the jitter comes from
     * @return nanoseconds
     */
    public long delayNs(final int attempt, final RandomGenerator random) {
        final long fullMs = Math.min(capMs, baseMs << Math.min(attempt, MAX_DOUBLINGS));
        final long fullNs = TimeUnit.MILLISECONDS.toNanos(fullMs);
        return jittered ? fullNs / 2 + random.nextLong(fullNs / 2 + 1) : fullNs;
    }
}
