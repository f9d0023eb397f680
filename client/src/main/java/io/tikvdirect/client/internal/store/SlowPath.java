package io.tikvdirect.client.internal.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.RegionUnavailableException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.TlsFailureException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.client.internal.region.Decision;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionErrorPolicy;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.TransportException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. What happens to an operation that did not simply get its answer: it is failed, or it backs off and is routed
 * again.
 *
 * <p>The rule that decides between the two when an answer is lost: an operation that surely was not executed (never
 * written, refused, above a GOAWAY's last stream) may always go again; one that may have been executed goes again only if
 * repeating it does no harm; else its outcome is {@link UndeterminedException undetermined}.
 *
 * <p>No thread waits here: a back-off is a timer on the loop that met the failure, see {@link Sleepers}.
 */
public final class SlowPath {

    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(SlowPath.class));

    private final Sleepers sleepers;
    private final RegionHealer healer;
    private final Punctuality punctuality;
    private final SlowRequests slowRequests;
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder listenerFailures = new LongAdder();

    /**
     * Makes a slow path.
     *
     * @param sleepers where operations wait out their back-off
     * @param healer mends the picture of the cluster
     * @param punctuality told how late operations and timers are
     * @param slowRequests told of requests that take long
     */
    public SlowPath(Sleepers sleepers, RegionHealer healer, Punctuality punctuality, SlowRequests slowRequests) {
        this.sleepers = sleepers;
        this.healer = healer;
        this.punctuality = punctuality;
        this.slowRequests = slowRequests;
    }

    /** {@return the client's account of requests that take long} */
    public SlowRequests slowRequests() {
        return slowRequests;
    }

    /** {@return the client's account of what was late} */
    public Punctuality punctuality() {
        return punctuality;
    }

    /** Ends an operation that was not sent and must not be any more: cancelled, or past its deadline. */
    void failUnsent(Operation operation, long nowNs) {
        if (operation.isCancelled()) {
            operation.fail(new OperationCancelledException(
                    "cancelled before it was sent", operation.details(nowNs).build(), null));
        } else {
            failExpired(operation, nowNs);
        }
    }

    /** Ends an operation whose deadline has passed. */
    void failExpired(Operation operation, long nowNs) {
        operation.tellEnd("no answer before the deadline", nowNs);
        failTimedOut(operation, nowNs);
    }

    private void failTimedOut(Operation operation, long nowNs) {
        timeouts.increment();
        if (isLost(operation)) {
            operation.fail(undetermined(operation, "no answer before the deadline", null));
        } else {
            operation.fail(new RequestTimeoutException(
                    timeoutText(operation), operation.details(nowNs).build(), null));
        }
    }

    private static String timeoutText(Operation operation) {
        boolean mayBeApplied = operation.dispatched && !operation.kind().isRead();
        return mayBeApplied
                ? "the deadline has passed; the write may have been applied, and may be repeated"
                : "the deadline has passed";
    }

    /** Whether the store may have executed the operation, and executing it again could do harm. */
    private static boolean isLost(Operation operation) {
        return operation.dispatched && !operation.replayable();
    }

    private static UndeterminedException undetermined(Operation operation, String why, @Nullable Throwable cause) {
        return new UndeterminedException(
                why + ": the write may or may not have been applied",
                operation.details(System.nanoTime()).build(),
                cause);
    }

    /** Ends an operation that could not be written, for there is no direct memory; nothing of this attempt was sent. */
    void failUnwritten(Operation operation, OutOfMemoryError exhausted) {
        operation.dispatched = false;
        operation.fail(new BackpressureException(
                "no direct memory to write the request: " + exhausted.getMessage(), now(operation), exhausted));
    }

    /**
     * Ends an operation because the client closes.
     *
     * @param operation owned by the caller
     */
    public void failClosed(Operation operation) {
        operation.tellEnd("the client was closed", System.nanoTime());
        if (isLost(operation)) {
            operation.fail(undetermined(operation, "the client was closed before the answer came", null));
        } else {
            operation.fail(new ClientClosedException(
                    "the client was closed",
                    operation.details(System.nanoTime()).build(),
                    null));
        }
    }

    /** Ends an operation whose answer makes no sense. */
    void failMalformed(Operation operation, MalformedMessageException malformed) {
        if (isLost(operation)) {
            operation.fail(undetermined(operation, "the store's answer cannot be read", malformed));
        } else {
            operation.fail(new ProtocolException(
                    "the store's answer cannot be read: " + malformed.getMessage(),
                    operation.details(System.nanoTime()).build(),
                    malformed));
        }
    }

    /**
     * Ends an operation whose answer was received but not turned into a result: no memory for it, for instance.
     *
     * @param operation owned by the caller, never after
     * @param broken why
     */
    public void failUnreadable(Operation operation, Throwable broken) {
        String why = "the store's answer could not be taken: " + broken;
        operation.fail(
                isLost(operation)
                        ? undetermined(operation, why, broken)
                        : new ProtocolException(why, now(operation), broken));
    }

    /**
     * Counts and logs what a callback or listener threw; it hurts nobody else.
     *
     * @param broken what was thrown
     */
    public void onListenerFailure(Throwable broken) {
        listenerFailures.increment();
        LOG.warn("a callback or listener threw", broken);
    }

    void onSlowClose(long links) {
        LOG.warn("{} connections did not close in time", links);
    }

    /** A call or stream ended without an answer to this operation. */
    void onCallFailure(Operation operation, GrpcStatus status, EventLoop loop) {
        operation.lastError("gRPC " + status);
        long nowNs = System.nanoTime();
        slowRequests.onFailedAttempt(operation, status.toString(), nowNs);
        operation.tellEnd("gRPC " + status, nowNs);
        if (status.unprocessed()) {
            operation.dispatched = false;
        } else if (operation.dispatched) {
            operation.onAnswerLost();
        }
        if (isLost(operation)) {
            operation.fail(undetermined(operation, "the answer was lost (" + status + ')', status.cause()));
            return;
        }
        switch (status.code()) {
            case UNIMPLEMENTED ->
                operation.fail(new UnsupportedFeatureException(
                        "the store does not serve this request: " + status, now(operation), status.cause()));
            case INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED, OUT_OF_RANGE ->
                operation.fail(new ServerException(
                        ErrorCode.SERVER_ERROR, "the store refused the request: " + status, now(operation), null));
            case DEADLINE_EXCEEDED -> failTimedOut(operation, nowNs);
            default -> {
                if (status.unprocessed() && operation.attempts() <= 1) {
                    sleepers.goOn(operation, loop);
                } else {
                    sleepers.backOff(operation, BackoffKind.TIKV_RPC, status.toString(), 0, loop);
                }
            }
        }
    }

    private static FailureDetails now(Operation operation) {
        return operation.details(System.nanoTime()).build();
    }

    /**
     * A store answered that the region cannot serve the operation.
     *
     * @param operation owned by the caller, never after
     * @param message holds the {@code errorpb.Error}; <i>borrowed</i>
     * @param offset where it begins
     * @param length its length
     */
    public void onRegionError(Operation operation, ByteBuf message, int offset, int length) {
        Error error;
        try {
            error = Error.parseFrom(ByteBufUtil.getBytes(message, offset, length));
        } catch (InvalidProtocolBufferException malformed) {
            failMalformed(
                    operation,
                    new MalformedMessageException(
                            MalformedMessageException.Reason.INCONSISTENT, "region error: " + malformed.getMessage()));
            return;
        }
        Region region = operation.requireRegion();
        String text = RegionHealer.describe(error);
        operation.lastError(text);
        Decision decision = RegionErrorPolicy.onRegionError(error, region, operation.replayable(), operation.history());
        healer.apply(decision, region, error, operation.deadlineNs());
        if (error.hasStaleCommand() || error.hasUndeterminedResult()) {
            operation.onAnswerLost();
        }
        BackoffKind pause = decision.pause();
        operation.dispatched = false;
        if (decision.action() == Decision.Action.FAIL) {
            operation.fail(failure(operation, decision, text));
            return;
        }
        if (pause == null) {
            sleepers.goOn(operation, operation.loop());
        } else {
            long atLeastNs = TimeUnit.MILLISECONDS.toNanos(decision.pauseAtLeastMs());
            sleepers.backOff(operation, pause, text, atLeastNs, operation.loop());
        }
    }

    private static TikvException failure(Operation operation, Decision decision, String text) {
        if (decision.isUndetermined()) {
            return undetermined(operation, text, null);
        }
        ErrorCode code = decision.code() == null ? ErrorCode.SERVER_ERROR : decision.code();
        return code == ErrorCode.REGION_UNAVAILABLE
                ? new RegionUnavailableException(text, now(operation), null)
                : new ServerException(code, text, now(operation), null);
    }

    /** A store could not be connected to; the operation was not sent. */
    void onStoreUnreachable(Operation operation, Store store, TransportException cause, EventLoop loop) {
        String text = store + " unreachable: " + cause.getMessage();
        operation.lastError(text);
        if (cause.kind() == TransportException.Kind.TLS_FAILURE
                || cause.kind() == TransportException.Kind.ALPN_MISSING) {
            operation.fail(new TlsFailureException(
                    store + " cannot be trusted: " + cause.getMessage(), now(operation), cause));
        } else {
            sleepers.backOff(operation, BackoffKind.TIKV_RPC, text, 0, loop);
        }
    }

    /**
     * Whether the client is closed; the operation has been failed then.
     *
     * @param operation owned by the caller, and no longer when this returns true
     * @return true when it must not be used any more
     */
    public boolean refuses(Operation operation) {
        if (sleepers.isClosed()) {
            failClosed(operation);
            return true;
        }
        return false;
    }

    /** The region of an operation could not be looked up. */
    void onLoadFailure(Operation operation, Throwable failure) {
        TikvException own = Router.ownFailure(failure);
        if (own != null) {
            operation.fail(own);
        } else {
            operation.fail(new RegionUnavailableException(
                    "the region could not be looked up: " + failure, now(operation), failure));
        }
    }

    /** {@return whether the client is closed} */
    public boolean isClosed() {
        return sleepers.isClosed();
    }

    /** A store could not be reached: its address may have changed. */
    void onUnreachable(Store store) {
        healer.reresolve(store);
    }

    /** {@return operations that ended at their deadline} */
    public long timeouts() {
        return timeouts.sum();
    }

    /** {@return callbacks and listeners that threw} */
    public long listenerFailures() {
        return listenerFailures.sum();
    }
}
