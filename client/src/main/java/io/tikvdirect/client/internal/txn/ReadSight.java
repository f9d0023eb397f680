package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.region.ReplicaSelection;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What reads at one timestamp see of transactions whose locks they have met: values of some are taken from
 * the locks, locks of others are passed by (LCK-05). What was learnt serves all later reads at that timestamp.
 */
final class ReadSight {

    /** Transactions noted at most; a read that meets more asks again for some, which is slower and not wrong. */
    static final int MAX_NOTED = 1_024;

    private static final AtomicReferenceFieldUpdater<ReadSight, Noted> NOTED =
            AtomicReferenceFieldUpdater.newUpdater(ReadSight.class, Noted.class, "noted");

    private final long readTs;
    private final SnapshotContext options;
    private volatile @Nullable Noted noted;
    private volatile byte[] context;
    private volatile byte[] leaderContext;

    /** Start timestamps of transactions; most reads meet none. */
    private static final class Noted {
        private final ReentrantLock lock = new ReentrantLock();
        private final Set<Long> resolved = new LinkedHashSet<>();
        private final Set<Long> committed = new LinkedHashSet<>();

        void add(Set<Long> to, long startTs) {
            if (to.size() == MAX_NOTED) {
                var eldest = to.iterator();
                eldest.next();
                eldest.remove();
            }
            to.add(startTs);
        }

        byte[] encoded() {
            return new ContextEncoder()
                    .resolvedLocks(array(resolved))
                    .committedLocks(array(committed))
                    .encode();
        }
    }

    /**
     * A sight that knows of no lock.
     *
     * @param readTs read timestamp
     * @param options Context fields of every read
     */
    ReadSight(long readTs, SnapshotContext options) {
        this.readTs = readTs;
        this.options = options;
        this.context = options.atReplica();
        this.leaderContext = options.atLeader();
    }

    long readTs() {
        return readTs;
    }

    /**
     * Encoded Context fields of a read, with what is known by now.
     *
     * @param again whether it has met locks that are resolved: then the leader is asked, because another replica may not
     *     have heard of it yet
     */
    byte[] context(boolean again) {
        return again ? leaderContext : context;
    }

    /**
     * Says who may serve a read.
     *
     * @param operation begun with {@link #context}
     * @param again as there
     */
    void choose(Operation operation, boolean again) {
        ReplicaSelection selection = options.selection();
        if (selection != null && !again) {
            operation.replicas(selection, leaderContext);
        }
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
        Noted all = noted();
        all.lock.lock();
        try {
            all.add(visible ? all.committed : all.resolved, startTs);
            byte[] seen = all.encoded();
            context = joined(options.atReplica(), seen);
            leaderContext = options.selection() == null ? context : joined(options.atLeader(), seen);
        } finally {
            all.lock.unlock();
        }
        return true;
    }

    private Noted noted() {
        Noted present = noted;
        return present != null ? present : NOTED.updateAndGet(this, other -> other == null ? new Noted() : other);
    }

    private static byte[] joined(byte[] options, byte[] seen) {
        byte[] all = Arrays.copyOf(options, options.length + seen.length);
        System.arraycopy(seen, 0, all, options.length, seen.length);
        return all;
    }

    private static long[] array(Set<Long> startTs) {
        return startTs.stream().mapToLong(Long::longValue).toArray();
    }
}
