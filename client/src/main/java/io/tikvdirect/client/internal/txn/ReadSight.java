package io.tikvdirect.client.internal.txn;

import io.tikvdirect.codec.kv.ContextEncoder;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. What reads at one timestamp see of transactions whose locks they have met: values of some are taken from
 * the locks, locks of others are passed by (LCK-05). What was learnt serves all later reads at that timestamp.
 */
final class ReadSight {

    /** Transactions noted at most; a read that meets more asks again for some, which is slower and not wrong. */
    static final int MAX_NOTED = 1_024;

    private final long readTs;
    private final byte[] options;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Long> resolved = new LinkedHashSet<>();
    private final Set<Long> committed = new LinkedHashSet<>();
    private volatile byte[] context;

    /**
     * A sight that knows of no lock.
     *
     * @param readTs read timestamp
     * @param options encoded Context fields of every read
     */
    ReadSight(long readTs, byte[] options) {
        this.readTs = readTs;
        this.options = options;
        this.context = options;
    }

    long readTs() {
        return readTs;
    }

    /** Encoded Context fields of a read, with what is known by now. */
    byte[] context() {
        return context;
    }

    /**
     * Remembers a transaction.
     *
     * @return whether reads need not wait for it any more
     */
    boolean note(long startTs, TxnStatus status) {
        boolean visible = status.isVisibleAt(readTs);
        if (!visible && !status.isFinal() && !status.pushed()) {
            return false;
        }
        lock.lock();
        try {
            Set<Long> noted = visible ? committed : resolved;
            if (noted.size() == MAX_NOTED) {
                var eldest = noted.iterator();
                eldest.next();
                eldest.remove();
            }
            noted.add(startTs);
            context = encode();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private byte[] encode() {
        byte[] seen = new ContextEncoder()
                .resolvedLocks(array(resolved))
                .committedLocks(array(committed))
                .encode();
        byte[] all = new byte[options.length + seen.length];
        System.arraycopy(options, 0, all, 0, options.length);
        System.arraycopy(seen, 0, all, options.length, seen.length);
        return all;
    }

    private static long[] array(Set<Long> startTs) {
        return startTs.stream().mapToLong(Long::longValue).toArray();
    }
}
