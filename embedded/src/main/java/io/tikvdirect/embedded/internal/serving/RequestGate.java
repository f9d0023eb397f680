package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tikvdirect.embedded.FaultSite;
import io.tikvdirect.embedded.internal.fault.FaultEffect;
import io.tikvdirect.embedded.internal.fault.FaultEffect.Kind;
import io.tikvdirect.embedded.internal.fault.FaultRules;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. The one way of every request of one server, unary or not: past the fault plan, into its command, and back
 * with an answer. Runs on the calling event loop, except after a delay.
 */
public final class RequestGate {
    private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);

    private final long storeId;
    private final FaultRules faults;
    private final ScheduledExecutorService timer;

    /** The gate of store {@code storeId}, 0 = PD; delayed requests run on {@code timer}. */
    public RequestGate(long storeId, FaultRules faults, ScheduledExecutorService timer) {
        this.storeId = storeId;
        this.faults = faults;
        this.timer = timer;
    }

    <Q extends Message, R extends Message> void pass(
            Command<Q, R> command, Q request, CallControl call, Consumer<R> answer) {
        if (faults.isEmpty()) {
            serve(command, request, call, answer);
            return;
        }
        FaultSite site = new FaultSite(command.rpc(), storeId, command.regionId(request), request);
        FaultEffect effect = faults.match(site);
        if (effect == null) {
            serve(command, request, call, answer);
        } else if (effect.delayMs() > 0) {
            later(effect.delayMs(), () -> apply(effect, site, command, request, call, answer));
        } else {
            apply(effect, site, command, request, call, answer);
        }
    }

    /** Runs {@code task} in {@code delayMs}, or never when the cluster closes before. */
    void later(long delayMs, Runnable task) {
        try {
            ScheduledFuture<?> unused = timer.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("a delayed request is dropped, the cluster is closing", closing);
        }
    }

    private static <Q extends Message, R extends Message> void apply(
            FaultEffect effect,
            FaultSite site,
            Command<Q, R> command,
            Q request,
            CallControl call,
            Consumer<R> answer) {
        if (effect.kind() == Kind.GOAWAY) {
            call.goAway(false);
        }
        R response = effect.kind().executes() ? execute(command, request, call) : null;
        switch (effect.kind()) {
            case SERVE, GOAWAY -> {
                if (response != null) {
                    answer.accept(response);
                }
            }
            case DROP_BEFORE, DROP_AFTER -> LOG.debug("fault plan: no answer to {}", site.rpc());
            case RESET_BEFORE, RESET_AFTER -> call.resetStream();
            case CLOSE_BEFORE, CLOSE_AFTER -> call.closeConnection();
            case GOAWAY_REFUSING -> call.goAway(true);
            case REGION_ERROR -> answerRegionError(effect, site, command, request, call, answer);
            case FAIL -> call.fail(effect.status());
        }
    }

    private static <Q extends Message, R extends Message> void answerRegionError(
            FaultEffect effect,
            FaultSite site,
            Command<Q, R> command,
            Q request,
            CallControl call,
            Consumer<R> answer) {
        if (command.answersRegionErrors()) {
            answer.accept(command.regionError(effect.regionError().apply(site)));
        } else {
            serve(command, request, call, answer);
        }
    }

    private static <Q extends Message, R extends Message> void serve(
            Command<Q, R> command, Q request, CallControl call, Consumer<R> answer) {
        R response = execute(command, request, call);
        if (response != null) {
            answer.accept(response);
        }
    }

    private static <Q extends Message, R extends Message> @Nullable R execute(
            Command<Q, R> command, Q request, CallControl call) {
        try {
            return command.execute(request);
        } catch (StatusRuntimeException refused) {
            call.fail(refused.getStatus());
        } catch (RuntimeException defect) {
            LOG.error("{} failed", command.rpc(), defect);
            call.fail(Status.INTERNAL
                    .withDescription("the embedded cluster failed: " + defect)
                    .withCause(defect));
        }
        return null;
    }
}
