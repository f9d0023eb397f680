package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.internal.region.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. All links to one store. With one connection, the default, every operation takes the one link; with more of
 * them a thread keeps to one link, so that what a thread submits in a row still travels in the same batch.
 *
 * <p>Operations whose {@linkplain LargeAnswers answers are expected to be large} have a link of their own beside these,
 * made for the first of them: what follows a large answer on the same connection waits until the last byte of it has come.
 */
public final class StoreChannel {

    private final Store store;
    private final StoreLink[] links;
    private final Function<LargeAnswers, StoreLink> newLink;
    private final LargeAnswers largeAnswers = new LargeAnswers();
    private final ReentrantLock making = new ReentrantLock();
    private volatile @Nullable StoreLink largeLink;
    private boolean closed;

    /**
     * Makes a channel over links that connect when they are first used.
     *
     * @param store the store
     * @param count how many links for operations with small answers, at least one
     * @param newLink makes one that tells what its answers were
     */
    StoreChannel(Store store, int count, Function<LargeAnswers, StoreLink> newLink) {
        this.store = store;
        this.newLink = newLink;
        this.links = new StoreLink[count];
        for (int i = 0; i < count; i++) {
            links[i] = newLink.apply(largeAnswers);
        }
    }

    /**
     * Takes an operation on its way to the store.
     *
     * @param operation filled, with a region led by this store; owned by the channel from now on
     */
    public void submit(Operation operation) {
        StoreLink link = largeAnswers.areExpectedBy(operation) ? largeLink() : link();
        link.submit(operation);
    }

    @SuppressWarnings("deprecation") // Thread.threadId() came with 19
    private StoreLink link() {
        return links.length == 1
                ? links[0]
                : links[(int) (Thread.currentThread().getId() % links.length)];
    }

    private StoreLink largeLink() {
        StoreLink present = largeLink;
        return present == null ? makeLargeLink() : present;
    }

    /** A closed channel gets no other link: its own ones say so to whoever submits. */
    private StoreLink makeLargeLink() {
        making.lock();
        try {
            StoreLink present = largeLink;
            if (present == null && !closed) {
                present = newLink.apply(largeAnswers);
                largeLink = present;
            }
            return present == null ? link() : present;
        } finally {
            making.unlock();
        }
    }

    /** {@return the links there will ever be; no other is made from now on} */
    List<StoreLink> close() {
        making.lock();
        try {
            closed = true;
            return links();
        } finally {
            making.unlock();
        }
    }

    Store store() {
        return store;
    }

    /** {@return those for small answers, and behind them the one for large answers if there is one} */
    List<StoreLink> links() {
        List<StoreLink> all = new ArrayList<>(List.of(links));
        StoreLink large = largeLink;
        if (large != null) {
            all.add(large);
        }
        return all;
    }

    void collectMetrics(List<StoreMetrics> into) {
        List<StoreLink> all = links();
        for (int i = 0; i < all.size(); i++) {
            into.add(all.get(i).snapshot(i));
        }
    }
}
