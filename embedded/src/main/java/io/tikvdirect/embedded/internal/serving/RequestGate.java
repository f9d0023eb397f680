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
        if (effect.kind().executes()) {
            serve(command, request, call, response -> afterwards(effect, site, response, call, answer));
        } else {
            instead(effect, site, command, request, call, answer);
        }
    }

    private static <R extends Message> void afterwards(
            FaultEffect effect, FaultSite site, R response, CallControl call, Consumer<R> answer) {
        switch (effect.kind()) {
            case RESET_AFTER -> call.resetStream();
            case CLOSE_AFTER -> call.closeConnection();
            case DROP_AFTER -> LOG.debug("fault plan: no answer to {}", site.rpc());
            default -> answer.accept(response);
        }
    }

    private static <Q extends Message, R extends Message> void instead(
            FaultEffect effect,
            FaultSite site,
            Command<Q, R> command,
            Q request,
            CallControl call,
            Consumer<R> answer) {
        switch (effect.kind()) {
            case RESET_BEFORE -> call.resetStream();
            case CLOSE_BEFORE -> call.closeConnection();
            case GOAWAY_REFUSING -> call.goAway(true);
            case REGION_ERROR -> answerRegionError(effect, site, command, request, call, answer);
            case FAIL -> call.fail(effect.status());
            default -> LOG.debug("fault plan: no answer to {}", site.rpc());
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
        try {
            command.execute(request, answer);
        } catch (StatusRuntimeException refused) {
            call.fail(refused.getStatus());
        } catch (RuntimeException defect) {
            LOG.error("{} failed", command.rpc(), defect);
            call.fail(Status.INTERNAL
                    .withDescription("the embedded cluster failed: " + defect)
                    .withCause(defect));
        }
    }
}
