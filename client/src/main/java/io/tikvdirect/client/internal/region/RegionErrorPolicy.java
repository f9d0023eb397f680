package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.region.Decision.Action;
import io.tikvdirect.client.internal.region.RegionErrorKind.Outcome;
import io.tikvdirect.proto.errorpb.Error;

/**
 * Thread-safe, without state. What to do about a request that was not served: a pure function of the answer, of whether
 * the request may be sent twice, and of what it met before. The rows are in {@link RegionErrorKind}.
 *
 * <p>One rule stands above the table: a request that must not be applied twice is never sent again once it may have been
 * applied. client-go sends writes again after StaleCommand; here that ends as {@link ErrorCode#UNDETERMINED}.
 */
public final class RegionErrorPolicy {
    private RegionErrorPolicy() {}

    /**
     * What to do about a region error.
     *
     * @param error as the store sent it
     * @param region the region the request went to
     * @param isRepeatable whether applying the request twice does the same as once; reads are
     * @param history what this request met before; the error is added to it
     * @return the decision
     */
    public static Decision onRegionError(
            final Error error, final Region region, final boolean isRepeatable, final AttemptHistory history) {
        final RegionErrorKind kind = RegionErrorKind.of(error, region.id(), region.version(), region.confVersion());
        final boolean isFirst = history.count(kind) == 0;
        history.record(kind);
        return decide(kind, isRepeatable, isFirst, serverPauseMs(error));
    }

    /** A row of the table as a decision. */
    static Decision decide(
            final RegionErrorKind kind, final boolean isRepeatable, final boolean isFirst, final long serverPauseMs) {
        if (kind.outcome() == Outcome.FAIL) {
            return Decision.fail(kind.code(), kind.effect());
        }
        if (kind.outcome() == Outcome.RETRY_UNLESS_UNSAFE && !isRepeatable) {
            return Decision.fail(ErrorCode.UNDETERMINED, kind.effect());
        }
        final BackoffKind pause = kind.pause(isFirst);
        final Action action = kind.outcome() == Outcome.REGROUP || kind.effect() == CacheEffect.INVALIDATE
                ? Action.REGROUP
                : Action.RETRY;
        return new Decision(action, pause, pause == null ? 0 : serverPauseMs, kind.effect(), reason(kind), null);
    }

    private static long serverPauseMs(final Error error) {
        return error.hasServerIsBusy() ? error.getServerIsBusy().getBackoffMs() : 0;
    }

    private static InvalidReason reason(final RegionErrorKind kind) {
        return switch (kind) {
            case NOT_LEADER_HINT -> InvalidReason.UNKNOWN_LEADER;
            case NOT_LEADER_NO_HINT, DATA_IS_NOT_READY -> InvalidReason.NO_CANDIDATE;
            case REGION_NOT_FOUND -> InvalidReason.REGION_NOT_FOUND;
            case KEY_NOT_IN_REGION -> InvalidReason.KEY_NOT_IN_REGION;
            case EPOCH_NOT_MATCH_EMPTY, EPOCH_NOT_MATCH -> InvalidReason.EPOCH_NOT_MATCH;
            case STORE_NOT_MATCH -> InvalidReason.STORE_NOT_MATCH;
            case MISMATCH_PEER_ID -> InvalidReason.PEER_NOT_MATCH;
            case IS_WITNESS -> InvalidReason.WITNESS;
            case RECOVERY_IN_PROGRESS -> InvalidReason.RECOVERY;
            default -> InvalidReason.OTHER;
        };
    }
}
