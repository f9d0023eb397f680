package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.net.HostAndPort;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. A TiKV server. One object per store id for the life of the client, so that every region which routes to it
 * sees a new address, a failure or its end at once.
 *
 * <p>The failure epoch is what makes that cheap: a region remembers the epoch it was made in and is unusable once the
 * epoch has moved on (client-go: storeEpochs).
 */
public final class Store {
    /**
     * An unreachable store is tried again after this: half of the second within which a client works again once the store
     * does. client-go's health loop has a second.
     */
    private static final long AVOID_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final long id;
    private final Generation generation;
    private final AtomicInteger failureEpoch = new AtomicInteger();
    private final AtomicReference<@Nullable Object> channel = new AtomicReference<>();
    private volatile @Nullable Description description;
    private volatile boolean avoided;
    private volatile long avoidUntilNs;

    /**
     * A store nothing is known of.
     *
     * @param id its id
     * @param generation told when regions on it become unusable
     */
    Store(final long id, final Generation generation) {
        this.id = id;
        this.generation = generation;
    }

    /**
     * Store id.
     *
     * @return positive
     */
    public long id() {
        return id;
    }

    /**
     * Where the store listens, after the configured replacement of addresses.
     *
     * @return the address to dial, or null while PD has not named one
     */
    public @Nullable HostAndPort address() {
        final Description current = description;
        return current == null ? null : current.address;
    }

    /**
     * What PD says about the store.
     *
     * @return the latest, or null while PD has not given one
     */
    public @Nullable Description description() {
        return description;
    }

    /**
     * Whether PD knows the store and has not buried it.
     *
     * @return false for an unknown or tombstone store
     */
    public boolean isResolved() {
        final Description current = description;
        return current != null && current.state != State.TOMBSTONE;
    }

    /**
     * Counts the failures that made regions on this store unusable.
     *
     * @return a number that only grows
     */
    public int failureEpoch() {
        return failureEpoch.get();
    }

    /**
     * Reports that the store could not be reached: every cached region that routes to it is looked up again, and for a
     * half second other replicas are preferred. Failures of one outage that are reported together count once.
     *
     * @param seenEpoch the {@link #failureEpoch()} when the failed attempt began
     * @param nowNs the present {@link System#nanoTime()}
     */
    public void onUnreachable(final int seenEpoch, final long nowNs) {
        avoidUntilNs = nowNs + AVOID_NS;
        avoided = true;
        if (failureEpoch.compareAndSet(seenEpoch, seenEpoch + 1)) {
            generation.advance();
        }
    }

    /** Reports that a connection to the store works. */
    public void onReachable() {
        if (avoided) {
            avoided = false;
        }
    }

    /**
     * Whether the store is worth an attempt.
     *
     * @param nowNs the present {@link System#nanoTime()}
     * @return false when it was unreachable within the last half second or is a tombstone
     */
    public boolean isReachable(final long nowNs) {
        return isResolved() && !(avoided && nowNs - avoidUntilNs < 0);
    }

    /**
     * The slot for the object that sends to this store; owned by the layer above.
     *
     * @return null until that layer has put one in
     */
    public AtomicReference<@Nullable Object> channel() {
        return channel;
    }

    /** Takes what PD says; true when the address or the state changed in a way that breaks connections. */
    boolean update(final Description next) {
        final Description before = description;
        description = next;
        final boolean moved = before != null && !before.address.equals(next.address);
        final boolean buried = next.state == State.TOMBSTONE && (before == null || before.state != State.TOMBSTONE);
        if (moved || buried) {
            failureEpoch.incrementAndGet();
            generation.advance();
            avoided = false;
        }
        return moved || buried;
    }

    @Override
    public String toString() {
        final HostAndPort address = address();
        return "store " + id + (address == null ? "" : " " + address);
    }

    /** Immutable. The life of a store as PD sees it. */
    public enum State {
        /** Serving. */
        UP,
        /** Being drained; still serving. */
        OFFLINE,
        /** Gone for good. */
        TOMBSTONE
    }

    /**
     * Immutable. What PD says about a store.
     *
     * @param address where to dial it
     * @param state whether it serves
     * @param version version of its software; empty when unknown
     * @param labels location and engine labels
     */
    public record Description(HostAndPort address, State state, String version, Map<String, String> labels) {
        /** Copies the labels. */
        public Description {
            labels = Map.copyOf(labels);
        }
    }
}
