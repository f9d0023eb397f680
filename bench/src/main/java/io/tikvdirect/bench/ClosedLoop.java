package io.tikvdirect.bench;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Started by one thread, driven by the callbacks. Keeps a number of operations in flight on the direct face, sending
 * the next from the callback of the one before, and allocates nothing itself.
 */
final class ClosedLoop implements DirectCallback {
    /** Which operation a loop repeats. */
    enum Kind {
        GET,
        PUT,
        DELETE
    }

    private final DirectRawClient raw;
    private final Kind kind;
    private final KeyBuffer[] keys;
    private final KeyBuffer value;
    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile @Nullable TikvException failure;
    private volatile @Nullable Thread waiter;

    ClosedLoop(DirectRawClient raw, Kind kind, KeyBuffer[] keys, KeyBuffer value) {
        this.raw = raw;
        this.kind = kind;
        this.keys = keys;
        this.value = value;
    }

    /** Runs operations until the last is answered; the calling thread sleeps meanwhile. */
    void run(int operations, int inFlight) {
        waiter = Thread.currentThread();
        unfinished.set(operations);
        unsent.set(operations);
        for (int i = 0; i < inFlight; i++) {
            sendNext();
        }
        while (unfinished.get() > 0) {
            LockSupport.parkNanos(this, 1_000_000);
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void sendNext() {
        int left = unsent.getAndDecrement();
        if (left <= 0) {
            return;
        }
        KeyBuffer key = keys[left & (keys.length - 1)];
        boolean accepted =
                switch (kind) {
                    case GET -> raw.get(key, 0, key.length(), left, this);
                    case PUT -> raw.put(key, 0, key.length(), value, 0, value.length(), left, this);
                    case DELETE -> raw.delete(key, 0, key.length(), left, this);
                };
        if (!accepted) {
            throw new IllegalStateException("the in-flight window is smaller than the benchmark's");
        }
    }

    @Override
    public void onCompleted(long correlationId, ResultView view) {
        if (kind == Kind.GET && view.valueLength(0) != value.length()) {
            throw new IllegalStateException("a value of " + view.valueLength(0) + " bytes");
        }
        sendNext();
        if (unfinished.decrementAndGet() == 0) {
            LockSupport.unpark(waiter);
        }
    }

    @Override
    public void onFailed(long correlationId, TikvException cause) {
        failure = cause;
        LockSupport.unpark(waiter);
    }
}
