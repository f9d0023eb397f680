package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.RequestWatch;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.txn.RequestListener;
import io.tikvdirect.client.txn.RequestReport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Counts the requests of a transaction and what was waited for between them (TXN-20), and tells whoever wants
 * to hear of each (TXN-17).
 */
final class RequestTally implements RequestWatch {

    private final @Nullable RequestListener listener;
    private final SlowPath slowPath;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger pauses = new AtomicInteger();
    private final AtomicLong pausedNs = new AtomicLong();

    RequestTally(@Nullable RequestListener listener, SlowPath slowPath) {
        this.listener = listener;
        this.slowPath = slowPath;
    }

    /** For requests that nobody waits for: told of to the same listener, and not counted here. */
    RequestTally apart() {
        return new RequestTally(listener, slowPath);
    }

    @Override
    public void onSent(Operation operation) {
        requests.incrementAndGet();
    }

    @Override
    public void onEnd(Operation operation, long elapsedNs, @Nullable String failure) {
        RequestListener told = listener;
        Region region = operation.region();
        if (told == null || region == null) {
            return;
        }
        try {
            told.onRequest(new RequestReport(
                    operation.kind().method(),
                    operation.attempts(),
                    region.id(),
                    region.leader().id(),
                    Duration.ofNanos(elapsedNs),
                    failure));
        } catch (RuntimeException thrown) {
            slowPath.onListenerFailure(thrown);
        }
    }

    @Override
    public void onPause(long delayNs) {
        pauses.incrementAndGet();
        pausedNs.addAndGet(delayNs);
    }

    /** What there was up to now. */
    Count count() {
        return new Count(requests.get(), pauses.get(), pausedNs.get());
    }

    /** Immutable. Requests, those that were sent again included, and pauses between them. */
    record Count(int requests, int pauses, long pausedNs) {
        static final Count NOTHING = new Count(0, 0, 0);

        Count less(Count earlier) {
            return new Count(requests - earlier.requests, pauses - earlier.pauses, pausedNs - earlier.pausedNs);
        }
    }
}
