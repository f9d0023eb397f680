package io.tikvdirect.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: finds out that a peer is silent. While calls are active and no byte came for
 * the keepalive time, a PING is sent; if still no byte comes within the timeout, the connection is dead. Any byte
 * counts as life. There is one timer at most, and none while no call is active, because servers punish idle pings (H19).
 */
final class KeepAlive {
    /** Confined to the loop: what the timer asks of its connection. */
    interface Connection {
        boolean hasActiveCalls();

        void sendKeepAlivePing();

        void onKeepAliveTimeout();
    }

    private final Connection connection;
    private final LongSupplier clock;
    private final long timeNs;
    private final long timeoutNs;
    private @Nullable EventExecutor loop;
    private @Nullable ScheduledFuture<?> timer;
    private long lastReadNs;
    private boolean pinged;

    KeepAlive(final Connection connection, final TransportOptions options, final LongSupplier clock) {
        this.connection = connection;
        this.clock = clock;
        timeNs = options.keepAliveTime().toNanos();
        timeoutNs = options.keepAliveTimeout().toNanos();
    }

    /** The connection stands. */
    void open(final EventExecutor eventLoop) {
        loop = eventLoop;
        lastReadNs = clock.getAsLong();
    }

    /** The number of active calls is above zero. */
    void onActive() {
        if (timer == null && timeNs > 0 && loop != null) {
            lastReadNs = clock.getAsLong();
            pinged = false;
            schedule(timeNs);
        }
    }

    void onRead() {
        lastReadNs = clock.getAsLong();
        pinged = false;
    }

    void close() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        loop = null;
    }

    private void schedule(final long delayNs) {
        final EventExecutor eventLoop = loop;
        if (eventLoop != null) {
            timer = eventLoop.schedule(this::onTimer, delayNs, TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer() {
        timer = null;
        final long silentNs = clock.getAsLong() - lastReadNs;
        if (!connection.hasActiveCalls()) {
            return;
        }
        if (pinged) {
            connection.onKeepAliveTimeout();
        } else if (silentNs >= timeNs) {
            pinged = true;
            connection.sendKeepAlivePing();
            schedule(timeoutNs);
        } else {
            schedule(timeNs - silentNs);
        }
    }
}
