package io.tikvdirect.client.internal.txn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The fates of the transactions that were last found to be over, first in, first out (LCK-02). */
final class FinishedTransactions {

    /** client-go: ResolvedCacheSize. */
    static final int CAPACITY = 2_048;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, TxnStatus> byStart = new LinkedHashMap<>();

    @Nullable
    TxnStatus get(long startTs) {
        lock.lock();
        try {
            return byStart.get(startTs);
        } finally {
            lock.unlock();
        }
    }

    void add(long startTs, TxnStatus status) {
        lock.lock();
        try {
            byStart.putIfAbsent(startTs, status);
            if (byStart.size() > CAPACITY) {
                var eldest = byStart.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }
}
