package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.region.Decision.Action;
import io.tikvdirect.transport.GrpcStatus;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe, without state. What to do about a request that brought no answer at all.
 *
 * <p>A request that must not be applied twice is never sent again once it may have been applied.
 */
public final class SendFailurePolicy {
    private SendFailurePolicy() {}

    /**
     * What to do when a request brought no answer: its stream broke, the connection was lost, or there was none (REG-11).
     *
     * @param status how the call ended, or null when no connection could be made
     * @param wasDispatched whether bytes of the request may have left this machine
     * @param isRepeatable whether applying the request twice does the same as once
     * @return the decision
     */
    public static Decision onSendFailure(
            final @Nullable GrpcStatus status, final boolean wasDispatched, final boolean isRepeatable) {
        final ErrorCode refusal = status == null ? null : refusal(status);
        if (refusal != null) {
            return Decision.fail(refusal, CacheEffect.KEEP);
        }
        final boolean surelyNotApplied = !wasDispatched || (status != null && status.unprocessed());
        if (!surelyNotApplied && !isRepeatable) {
            return Decision.fail(ErrorCode.UNDETERMINED, effect(status));
        }
        return new Decision(Action.REGROUP, BackoffKind.TIKV_RPC, 0, effect(status), InvalidReason.NO_CANDIDATE, null);
    }

    /** A call that ended alone says nothing about the store; a connection that was lost or never made does. */
    private static CacheEffect effect(final @Nullable GrpcStatus status) {
        final boolean connectionLost = status == null || (status.cause() != null && !status.unprocessed());
        return connectionLost ? CacheEffect.STORE_FAILED : CacheEffect.KEEP;
    }

    /** Codes by which a store refuses a request before it looks at it: sending it again changes nothing. */
    private static @Nullable ErrorCode refusal(final GrpcStatus status) {
        return switch (status.code()) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION -> ErrorCode.CLUSTER_MISMATCH;
            case UNIMPLEMENTED -> ErrorCode.UNSUPPORTED;
            case UNAUTHENTICATED, PERMISSION_DENIED -> ErrorCode.TLS_FAILURE;
            case OUT_OF_RANGE -> ErrorCode.SERVER_ERROR;
            default -> null;
        };
    }
}
