package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.GcBarrier;
import io.tikvdirect.client.txn.Timestamp;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe. What this client keeps from the collector of garbage (GC-03, NEW-13). */
final class Barriers {

    private static final Logger LOG = LoggerFactory.getLogger(Barriers.class);
    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /** A barrier is renewed so many times in its life. */
    private static final int RENEWALS = 3;

    private final TxnEngine engine;
    private final Set<Held> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Barriers(TxnEngine engine) {
        this.engine = engine;
    }

    /**
     * Sets a barrier and keeps it.
     *
     * @param name unique in the cluster
     * @param everywhere whether it holds for all keyspaces
     * @param timestamp not before the safe point
     * @param ttl how long it outlives this client
     * @param promise gets it once PD has taken it
     */
    void hold(
            String name,
            boolean everywhere,
            Timestamp timestamp,
            Duration ttl,
            long deadlineNs,
            Promise<GcBarrier> promise) {
        Held barrier = new Held(name, everywhere, timestamp, Math.max(1, ttl.toSeconds()));
        long askedNs = System.nanoTime();
        var unused = barrier.set(deadlineNs).whenComplete((set, failure) -> {
            if (failure != null) {
                promise.fail(CallEngine.asOwn(failure));
                return;
            }
            open.add(barrier);
            barrier.onSet(askedNs);
            if (closed) {
                barrier.close();
                promise.fail(new ClientClosedException("the client was closed", FailureDetails.NONE, null));
            } else {
                promise.succeed(barrier);
            }
        });
    }

    private long keyspaceId() {
        return engine.keySpace().keyspaceId();
    }

    /** Drops all; whoever comes later gets none. */
    void dropAll() {
        closed = true;
        open.forEach(Held::close);
    }

    /** {@return how many are open} */
    int count() {
        return open.size();
    }

    /** Thread-safe. One barrier. */
    private final class Held implements GcBarrier {
        private final String name;
        private final boolean everywhere;
        private final Timestamp timestamp;
        private final long ttlSeconds;
        private volatile long endNs;

        Held(String name, boolean everywhere, Timestamp timestamp, long ttlSeconds) {
            this.name = name;
            this.everywhere = everywhere;
            this.timestamp = timestamp;
            this.ttlSeconds = ttlSeconds;
        }

        CompletableFuture<Boolean> set(long deadlineNs) {
            return everywhere
                    ? engine.gcStates().setGlobalBarrier(name, timestamp.version(), ttlSeconds, deadlineNs)
                    : engine.gcStates().setBarrier(keyspaceId(), name, timestamp.version(), ttlSeconds, deadlineNs);
        }

        private CompletableFuture<Boolean> delete(long deadlineNs) {
            return everywhere
                    ? engine.gcStates().deleteGlobalBarrier(name, deadlineNs)
                    : engine.gcStates().deleteBarrier(keyspaceId(), name, deadlineNs);
        }

        private void onSet(long askedNs) {
            endNs = askedNs + ttlSeconds * SECOND_NS;
            later(ttlSeconds * SECOND_NS / RENEWALS);
        }

        private void later(long delayNs) {
            engine.pauses().after(delayNs, this::renew, clientClosed -> open.remove(this));
        }

        private void renew() {
            if (!open.contains(this)) {
                return;
            }
            long askedNs = System.nanoTime();
            var unused = set(askedNs + ANSWER_NS).whenComplete((set, failure) -> onRenewed(askedNs, failure));
        }

        private void onRenewed(long askedNs, @Nullable Throwable failure) {
            if (!open.contains(this)) {
                // it was closed meanwhile, and PD may have taken the renewal for a new one
                drop();
            } else if (failure == null) {
                onSet(askedNs);
            } else {
                LOG.warn(
                        "the barrier {} could not be renewed: {}",
                        name,
                        CallEngine.asOwn(failure).toString());
                later(RETRY_NS);
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Timestamp timestamp() {
            return timestamp;
        }

        @Override
        public boolean isHeld() {
            return open.contains(this) && System.nanoTime() - endNs < 0;
        }

        @Override
        public void close() {
            if (open.remove(this)) {
                drop();
            }
        }

        private void drop() {
            engine.background().run("dropping a barrier", done -> {
                var unused = delete(System.nanoTime() + ANSWER_NS).whenComplete((dropped, failure) -> {
                    if (failure == null) {
                        done.succeed(true);
                    } else {
                        done.fail(CallEngine.asOwn(failure));
                    }
                });
            });
        }
    }
}
