package io.tikvdirect.client.internal.pd;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.CircuitOpenException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.proto.pdpb.RequestHeader;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.UnaryCalls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Confined to PD's event loop after it was submitted. One question to PD's leader, asked again wherever the leader is
 * then, until there is an answer, a failure that asking again does not mend, or the deadline.
 */
final class PdCall<M, R> implements PdDiscovery.Waiter {
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 5;

    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final String operation;
    private final GrpcMethod method;
    private final Function<RequestHeader, Message> request;
    private final Parser<M> parser;
    private final Function<M, R> result;
    private final long startNs = System.nanoTime();
    private final long deadlineNs;
    private final PdCalls pd;
    private final CircuitBreaker breaker;
    private long admission = CircuitBreaker.REFUSED;
    private int attempts;
    private @Nullable Throwable lastFailure;

    PdCall(
            final PdCalls pd,
            final GrpcMethod method,
            final Function<RequestHeader, Message> request,
            final Parser<M> parser,
            final Function<M, R> result,
            final long deadlineNs) {
        this.pd = pd;
        this.method = method;
        final String path = method.path().toString();
        final String name = path.substring(path.lastIndexOf('/') + 1);
        this.operation = "pd/" + name;
        this.breaker = pd.breakerOf(name);
        this.request = request;
        this.parser = parser;
        this.result = result;
        this.deadlineNs = deadlineNs;
    }

    CompletableFuture<R> future() {
        return future;
    }

    /** First or next attempt. */
    void attempt() {
        if (future.isDone()) {
            return;
        }
        final long nowNs = System.nanoTime();
        admission = breaker.admit(nowNs);
        if (admission == CircuitBreaker.REFUSED) {
            future.completeExceptionally(new CircuitOpenException(
                    "too many look-ups at PD failed; it is asked again in "
                            + TimeUnit.NANOSECONDS.toMillis(breaker.coolDownLeftNs(nowNs)) + " ms",
                    details(),
                    lastFailure));
            return;
        }
        pd.discovery().await(this);
    }

    /** The attempt under way, if there is one, has ended. */
    private void settle(final CircuitBreaker.Outcome outcome) {
        final long term = admission;
        if (term != CircuitBreaker.REFUSED) {
            admission = CircuitBreaker.REFUSED;
            breaker.settle(term, outcome, System.nanoTime());
        }
    }

    /** The call has ended, however; what its attempt would have brought nobody will know. */
    void onEnd() {
        settle(CircuitBreaker.Outcome.UNKNOWN);
    }

    @Override
    public void onLeader(final PdLeader leader) {
        if (future.isDone()) {
            return;
        }
        attempts++;
        final long attemptDeadlineNs = earlier(deadlineNs, System.nanoTime() + pd.attemptNs());
        final CallOptions options = CallOptions.DEFAULT.withDeadlineNs(attemptDeadlineNs);
        final ByteBuf bytes = PdMessages.encode(request.apply(PdMessages.header(leader.clusterId())), pd.allocator());
        final CompletableFuture<?> unused = UnaryCalls.call(
                        pd.connections().to(leader.address()), method, options, bytes)
                .thenAccept(this::onAnswer)
                .whenComplete((nothing, failure) -> {
                    if (failure != null) {
                        onFailure(leader, PdFailures.unwrapped(failure));
                    }
                });
    }

    private static long earlier(final long oneNs, final long otherNs) {
        return oneNs - otherNs < 0 ? oneNs : otherNs;
    }

    private void onAnswer(final ByteBuf bytes) {
        settle(CircuitBreaker.Outcome.ANSWERED);
        final M answer;
        try {
            answer = PdMessages.decode(parser, bytes);
        } finally {
            bytes.release();
        }
        future.complete(result.apply(answer));
    }

    private void onFailure(final PdLeader leader, final Throwable failure) {
        settle(PdFailures.outcome(failure));
        final TikvException last = PdFailures.finalFailure(failure, details());
        if (last != null) {
            future.completeExceptionally(last);
            return;
        }
        lastFailure = failure;
        if (!(failure instanceof TikvException)) {
            pd.discovery().suspect(leader, failure);
        }
        pd.later(this::attempt, FIRST_PAUSE_NS << Math.min(attempts - 1, MAX_DOUBLINGS));
    }

    @Override
    public void onNoLeader(final TikvException failure) {
        future.completeExceptionally(failure);
    }

    void timeOut() {
        pd.discovery().leave(this);
        settle(CircuitBreaker.Outcome.FAILED);
        final Throwable last =
                lastFailure != null ? lastFailure : pd.discovery().lastFailure();
        future.completeExceptionally(PdFailures.unavailable("PD did not answer in time", last, details()));
    }

    long deadlineNs() {
        return deadlineNs;
    }

    private FailureDetails details() {
        return FailureDetails.of(operation)
                .attempts(attempts)
                .elapsedNs(System.nanoTime() - startNs)
                .budgetNs(deadlineNs - startNs)
                .lastServerError(lastFailure == null ? null : PdFailures.describe(lastFailure))
                .build();
    }
}
