package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.GrpcStatusCode;
import io.tikvdirect.transport.GrpcStatusException;
import io.tikvdirect.transport.UnaryCalls;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. Asks a store that has been silent for long whether it is there, by the gRPC health
 * service and over the connection that is silent: at most one question at a time, the first after {@code probeNs} and up to
 * a quarter more, so that the clients of a store that hangs do not ask all at once; while the store says it is well and
 * still does not answer requests, each next question waits twice as long, up to {@value #LONGEST_SPACING} times.
 *
 * <p>HTTP/2 keepalive finds peers that are gone. This finds processes whose network still answers and which do not.
 */
final class StoreProbe {

    private static final GrpcMethod CHECK = GrpcMethod.of("grpc.health.v1.Health", "Check");
    private static final int LONGEST_SPACING = 8;
    /** {@code HealthCheckResponse.status} = NOT_SERVING: field 1, a varint. */
    private static final short NOT_SERVING = 0x0802;

    private final StoreLink link;
    private final long timeoutNs;
    private boolean underway;
    private long quietSinceNs;
    private long patienceNs;
    private int spacing = 1;

    StoreProbe(StoreLink link, long timeoutNs) {
        this.link = link;
        this.timeoutNs = timeoutNs;
    }

    /** The store has answered something, or begins to owe an answer. */
    void onSign(long nowNs) {
        quietSinceNs = nowNs;
        spacing = 1;
        patienceNs = timeoutNs + ThreadLocalRandom.current().nextLong(timeoutNs / 4 + 1);
    }

    /**
     * Whether it is time to ask; only meant while answers are due.
     *
     * @param nowNs now
     * @return true when the silence has been long enough and no question is open
     */
    boolean isDue(long nowNs) {
        return timeoutNs > 0 && !underway && nowNs - quietSinceNs >= spacing * patienceNs;
    }

    /**
     * Asks.
     *
     * @param connection over which
     * @param onVerdict told on the loop whether the store is alive; it is when it answers anything but that it is not serving
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the verdict is told to onVerdict
    void ask(GrpcConnection connection, Consumer<Boolean> onVerdict) {
        underway = true;
        long deadlineNs = System.nanoTime() + Math.max(timeoutNs, TimeUnit.MILLISECONDS.toNanos(1));
        UnaryCalls.call(connection, CHECK, CallOptions.DEFAULT.withDeadlineNs(deadlineNs), Unpooled.EMPTY_BUFFER)
                .whenComplete((answer, failure) -> {
                    boolean alive = failure == null ? isServing(answer) : isSignOfLife(failure);
                    link.transportLoop().execute(() -> {
                        underway = false;
                        quietSinceNs = System.nanoTime();
                        spacing = Math.min(LONGEST_SPACING, 2 * spacing);
                        onVerdict.accept(alive);
                    });
                });
    }

    private static boolean isServing(ByteBuf answer) {
        try {
            return answer.readableBytes() < 2 || answer.getShort(answer.readerIndex()) != NOT_SERVING;
        } finally {
            answer.release();
        }
    }

    /** A store without the service answers that it has none; the end of the connection is told to its listener anyway. */
    private static boolean isSignOfLife(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return !(cause instanceof GrpcStatusException status)
                || status.status().code() != GrpcStatusCode.DEADLINE_EXCEEDED;
    }
}
