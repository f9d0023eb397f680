package io.tikvdirect.transport.internal.http2;

import java.util.concurrent.TimeUnit;

/** Confined to its event loop: counts events in one-second windows. */
final class RateLimit {
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);

    private final int perSecond;
    private final String what;
    private long windowStartNs;
    private int count;

    RateLimit(final int perSecond, final String what) {
        this.perSecond = perSecond;
        this.what = what;
    }

    void count(final long nowNs) throws ConnectionErrorException {
        if (count == 0 || nowNs - windowStartNs >= WINDOW_NS) {
            windowStartNs = nowNs;
            count = 0;
        }
        if (++count > perSecond) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.ENHANCE_YOUR_CALM, "more than " + perSecond + " " + what + " in one second");
        }
    }
}
