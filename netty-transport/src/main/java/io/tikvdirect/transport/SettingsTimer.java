package io.tikvdirect.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Confined to its connection's event loop: how long the peer's SETTINGS may take after the first request. */
final class SettingsTimer {
    private final EventLoop loop;
    private final long timeoutMs;
    private @Nullable ScheduledFuture<?> timer;

    SettingsTimer(final EventLoop loop, final long timeoutMs) {
        this.loop = loop;
        this.timeoutMs = timeoutMs;
    }

    long timeoutMs() {
        return timeoutMs;
    }

    /** Runs {@code onTimeout} unless it is cancelled before; does nothing when it is running already. */
    void start(final Runnable onTimeout) {
        if (timer == null) {
            timer = loop.schedule(onTimeout, timeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
