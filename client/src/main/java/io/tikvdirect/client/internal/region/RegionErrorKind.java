package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.proto.errorpb.Error;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. The table of what stores say instead of serving a request, and what is done about it: row by row the table
 * ERR of the parity list, with the weak spots of client-go mended. Where client-go repeats at once, here a pause follows
 * from the second time on; where the outcome of a write cannot be known, a write that must not happen twice ends as
 * undetermined.
 *
 * <p>{@code fields} are the numbers in {@code errorpb.Error} that a row stands for; 0 is a message without any of them.
 */
public enum RegionErrorKind {
    /** The peer names the leader. */
    NOT_LEADER_HINT(2, CacheEffect.SWITCH_LEADER, null, BackoffKind.REGION_SCHEDULING, Outcome.RETRY),
    /** The peer knows no leader. */
    NOT_LEADER_NO_HINT(
            2, CacheEffect.TRY_OTHER, BackoffKind.REGION_SCHEDULING, BackoffKind.REGION_SCHEDULING, Outcome.RETRY),
    /** The store has no such region. */
    REGION_NOT_FOUND(3, CacheEffect.INVALIDATE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The key is elsewhere. */
    KEY_NOT_IN_REGION(4, CacheEffect.INVALIDATE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The epoch is outdated, the store does not say by what. */
    EPOCH_NOT_MATCH_EMPTY(5, CacheEffect.INVALIDATE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The store itself lags behind: its epoch is older than ours. */
    EPOCH_BEHIND(5, CacheEffect.KEEP, BackoffKind.REGION_MISS, BackoffKind.REGION_MISS, Outcome.RETRY),
    /** The epoch is outdated; the store names the regions of now. */
    EPOCH_NOT_MATCH(5, CacheEffect.REPLACE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The store is overloaded. */
    SERVER_IS_BUSY(6, CacheEffect.KEEP, BackoffKind.TIKV_SERVER_BUSY, BackoffKind.TIKV_SERVER_BUSY, Outcome.RETRY),
    /** The store dropped the request because the time given to it had passed. */
    DEADLINE_IS_EXCEEDED(6, CacheEffect.KEEP, BackoffKind.TIKV_RPC, BackoffKind.TIKV_RPC, Outcome.RETRY),
    /** The term moved on while the command was under way: it may have been applied. */
    STALE_COMMAND(
            7, CacheEffect.KEEP, BackoffKind.STALE_COMMAND, BackoffKind.STALE_COMMAND, Outcome.RETRY_UNLESS_UNSAFE),
    /** Another store listens at that address. */
    STORE_NOT_MATCH(8, CacheEffect.RERESOLVE_STORE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The write is too large for the Raft log. */
    RAFT_ENTRY_TOO_LARGE(9, ErrorCode.RAFT_ENTRY_TOO_LARGE),
    /** A new leader does not know the maximum timestamp yet. */
    MAX_TIMESTAMP_NOT_SYNCED(
            10, CacheEffect.KEEP, BackoffKind.MAX_TS_NOT_SYNCED, BackoffKind.MAX_TS_NOT_SYNCED, Outcome.RETRY),
    /** A new leader cannot serve reads yet. */
    READ_INDEX_NOT_READY(
            11, CacheEffect.KEEP, BackoffKind.REGION_SCHEDULING, BackoffKind.REGION_SCHEDULING, Outcome.RETRY),
    /** The region is about to be merged. */
    PROPOSAL_IN_MERGING_MODE(
            12, CacheEffect.KEEP, BackoffKind.REGION_SCHEDULING, BackoffKind.REGION_SCHEDULING, Outcome.RETRY),
    /** The replica is behind the timestamp of a stale read. */
    DATA_IS_NOT_READY(13, CacheEffect.TRY_OTHER, null, BackoffKind.MAX_TS_NOT_SYNCED, Outcome.RETRY),
    /** The peer was just made. */
    REGION_NOT_INITIALIZED(
            14,
            CacheEffect.KEEP,
            BackoffKind.REGION_NOT_INITIALIZED,
            BackoffKind.REGION_NOT_INITIALIZED,
            Outcome.RETRY),
    /** The disk is full. */
    DISK_FULL(15, CacheEffect.KEEP, BackoffKind.TIKV_DISK_FULL, BackoffKind.TIKV_DISK_FULL, Outcome.RETRY),
    /** The region is being recovered. */
    RECOVERY_IN_PROGRESS(
            16,
            CacheEffect.INVALIDATE,
            BackoffKind.REGION_RECOVERY_IN_PROGRESS,
            BackoffKind.REGION_RECOVERY_IN_PROGRESS,
            Outcome.REGROUP),
    /** The region is being rolled back to an older version. */
    FLASHBACK_IN_PROGRESS(17, ErrorCode.FLASHBACK_IN_PROGRESS),
    /** The rollback was not announced. */
    FLASHBACK_NOT_PREPARED(18, ErrorCode.FLASHBACK_IN_PROGRESS),
    /** The peer holds no data. */
    IS_WITNESS(19, CacheEffect.INVALIDATE, BackoffKind.IS_WITNESS, BackoffKind.IS_WITNESS, Outcome.REGROUP),
    /** Another peer of the region lives on that store. */
    MISMATCH_PEER_ID(20, CacheEffect.INVALIDATE, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The buckets are outdated; the answer names the present ones. */
    BUCKET_VERSION_NOT_MATCH(21, CacheEffect.REFRESH_BUCKETS, null, BackoffKind.REGION_MISS, Outcome.REGROUP),
    /** The store does not know whether the write was applied. */
    UNDETERMINED_RESULT(22, CacheEffect.KEEP, BackoffKind.TIKV_RPC, BackoffKind.TIKV_RPC, Outcome.RETRY_UNLESS_UNSAFE),
    /** A text: the timestamp of a request was not one. */
    INVALID_MAX_TS_UPDATE(0, ErrorCode.SERVER_ERROR),
    /** A text: the time given to the request had passed. */
    DEADLINE_MESSAGE(0, CacheEffect.KEEP, BackoffKind.TIKV_RPC, BackoffKind.TIKV_RPC, Outcome.RETRY),
    /**
     * Anything else, of today or tomorrow. Unlike client-go, which repeats at once on the next peer, with a pause; and
     * since nobody knows what it means for a write, as undetermined where repeating is unsafe.
     */
    OTHER(0, CacheEffect.INVALIDATE, BackoffKind.REGION_MISS, BackoffKind.TIKV_RPC, Outcome.RETRY_UNLESS_UNSAFE);

    /** What the operation does next. */
    enum Outcome {
        /** Send the same request to the region again. */
        RETRY,
        /** Look the keys up again. */
        REGROUP,
        /** The same as {@link #RETRY}, but the write may have happened: not for one that must not happen twice. */
        RETRY_UNLESS_UNSAFE,
        /** Tell the caller. */
        FAIL
    }

    private static final Map<Integer, RegionErrorKind> SIMPLE_FIELDS = simpleFields();

    private final int field;
    private final CacheEffect effect;
    private final @Nullable BackoffKind firstPause;
    private final @Nullable BackoffKind laterPause;
    private final Outcome outcome;
    private final @Nullable ErrorCode code;

    RegionErrorKind(
            final int field,
            final CacheEffect effect,
            final @Nullable BackoffKind firstPause,
            final BackoffKind laterPause,
            final Outcome outcome) {
        this.field = field;
        this.effect = effect;
        this.firstPause = firstPause;
        this.laterPause = laterPause;
        this.outcome = outcome;
        this.code = null;
    }

    RegionErrorKind(final int field, final ErrorCode code) {
        this.field = field;
        this.effect = CacheEffect.KEEP;
        this.firstPause = null;
        this.laterPause = null;
        this.outcome = Outcome.FAIL;
        this.code = code;
    }

    /** Kinds that are told by the field alone. */
    private static Map<Integer, RegionErrorKind> simpleFields() {
        final Map<Integer, RegionErrorKind> map = new TreeMap<>();
        for (final RegionErrorKind kind : values()) {
            if (kind.field >= STALE_COMMAND.field) {
                map.put(kind.field, kind);
            }
        }
        map.put(REGION_NOT_FOUND.field, REGION_NOT_FOUND);
        map.put(KEY_NOT_IN_REGION.field, KEY_NOT_IN_REGION);
        return map;
    }

    /**
     * Which row an answer belongs to.
     *
     * @param error as the store sent it
     * @param version the epoch version the request carried
     * @param confVersion the epoch configuration version the request carried
     * @param regionId the region the request went to
     * @return {@link #OTHER} for what this client does not know
     */
    public static RegionErrorKind of(
            final Error error, final long regionId, final long version, final long confVersion) {
        if (error.hasNotLeader()) {
            return error.getNotLeader().getLeader().getStoreId() == 0 ? NOT_LEADER_NO_HINT : NOT_LEADER_HINT;
        }
        if (error.hasEpochNotMatch()) {
            return epochNotMatch(error, regionId, version, confVersion);
        }
        if (error.hasServerIsBusy()) {
            return mentionsDeadline(error.getServerIsBusy().getReason()) ? DEADLINE_IS_EXCEEDED : SERVER_IS_BUSY;
        }
        for (final var field : error.getAllFields().keySet()) {
            final RegionErrorKind kind = SIMPLE_FIELDS.get(field.getNumber());
            if (kind != null) {
                return kind;
            }
        }
        return ofMessage(error.getMessage());
    }

    private static RegionErrorKind epochNotMatch(
            final Error error, final long regionId, final long version, final long confVersion) {
        if (error.getEpochNotMatch().getCurrentRegionsCount() == 0) {
            return EPOCH_NOT_MATCH_EMPTY;
        }
        for (final var current : error.getEpochNotMatch().getCurrentRegionsList()) {
            final var epoch = current.getRegionEpoch();
            if (current.getId() == regionId && (epoch.getVersion() < version || epoch.getConfVer() < confVersion)) {
                return EPOCH_BEHIND;
            }
        }
        return EPOCH_NOT_MATCH;
    }

    private static RegionErrorKind ofMessage(final String message) {
        if (message.contains("invalid max_ts update")) {
            return INVALID_MAX_TS_UPDATE;
        }
        return mentionsDeadline(message) ? DEADLINE_MESSAGE : OTHER;
    }

    private static boolean mentionsDeadline(final String text) {
        return text.toLowerCase(Locale.ROOT).contains("deadline is exceeded");
    }

    /**
     * The field of {@code errorpb.Error} this row is about.
     *
     * @return its number, 0 for a message without any
     */
    public int field() {
        return field;
    }

    CacheEffect effect() {
        return effect;
    }

    Outcome outcome() {
        return outcome;
    }

    /** The pause before the next attempt; null for none. */
    @Nullable
    BackoffKind pause(final boolean isFirst) {
        return isFirst ? firstPause : laterPause;
    }

    /** What the caller is told; only for rows that fail. */
    ErrorCode code() {
        return Objects.requireNonNull(code, name());
    }
}
