package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.transport.TransportLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Thread-safe. The channels of all stores of a client: made when first needed, kept in the {@link Store} itself. */
public final class StoreChannels {

    private final LinkSettings settings;
    private final int connectionsPerStore;
    private final Supplier<TransportLoop> nextLoop;
    private final SlowPath slowPath;
    private final ReentrantLock making = new ReentrantLock();
    private final List<StoreChannel> channels = new ArrayList<>();

    /**
     * Makes an empty set.
     *
     * @param settings bounds of each link
     * @param connectionsPerStore links per store for small answers, at least 1
     * @param nextLoop gives out event loops evenly
     * @param slowPath where operations go that a link cannot answer
     */
    public StoreChannels(
            LinkSettings settings, int connectionsPerStore, Supplier<TransportLoop> nextLoop, SlowPath slowPath) {
        this.settings = settings;
        this.connectionsPerStore = connectionsPerStore;
        this.nextLoop = nextLoop;
        this.slowPath = slowPath;
    }

    /**
     * The channel of a store.
     *
     * @param store the store
     * @return always the same object for the same store
     */
    public StoreChannel of(Store store) {
        Object present = store.channel().get();
        return present == null ? make(store) : (StoreChannel) present;
    }

    private StoreChannel make(Store store) {
        making.lock();
        try {
            Object present = store.channel().get();
            if (present != null) {
                return (StoreChannel) present;
            }
            StoreChannel made = new StoreChannel(
                    store,
                    connectionsPerStore,
                    largeAnswers -> new StoreLink(store, nextLoop.get(), settings, slowPath, largeAnswers));
            channels.add(made);
            store.channel().set(made);
            return made;
        } finally {
            making.unlock();
        }
    }

    /**
     * A store has moved or is gone: connections to it are closed, so that what is under way there goes another way.
     *
     * @param store the store
     */
    public void onStoreChange(Store store) {
        if (store.channel().get() instanceof StoreChannel channel) {
            channel.links().forEach(link -> link.transportLoop().execute(link::disconnect));
        }
    }

    /**
     * Connects to a store, by all of its connections.
     *
     * @param store a store whose address is known
     * @return completes when every connection stands; fails with what kept the first from it
     */
    public CompletableFuture<Void> connect(Store store) {
        CompletableFuture<?>[] connections =
                of(store).links().stream().map(StoreLink::connect).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(connections);
    }

    /** Closes the connections that were not used for long; each link decides on its own loop. */
    public void recycleIdle() {
        for (StoreChannel channel : all()) {
            channel.links().forEach(link -> link.transportLoop().execute(link::recycleIfIdle));
        }
    }

    private List<StoreChannel> all() {
        making.lock();
        try {
            return List.copyOf(channels);
        } finally {
            making.unlock();
        }
    }

    /** {@return what each link has done, stores in the order of their ids} */
    public List<StoreMetrics> metrics() {
        List<StoreMetrics> metrics = new ArrayList<>();
        all().stream()
                .sorted(Comparator.comparingLong(channel -> channel.store().id()))
                .forEach(channel -> channel.collectMetrics(metrics));
        return metrics;
    }

    /**
     * Closes every link on its loop and fails what is under way there.
     *
     * @param timeoutNs how long to wait for the loops; not at all from one of them
     */
    public void close(long timeoutNs) {
        List<StoreLink> links =
                all().stream().flatMap(channel -> channel.close().stream()).toList();
        CountDownLatch closed = new CountDownLatch(links.size());
        for (StoreLink link : links) {
            try {
                link.loop().execute(() -> {
                    link.close();
                    closed.countDown();
                });
            } catch (RejectedExecutionException loopEnded) {
                closed.countDown();
            }
        }
        try {
            if (!closed.await(timeoutNs, TimeUnit.NANOSECONDS)) {
                slowPath.onSlowClose(closed.getCount());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
