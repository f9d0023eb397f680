package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.internal.region.Store;
import java.util.List;

/**
 * Thread-safe. All links to one store. With one connection, the default, every operation takes the one link; with more of
 * them a thread keeps to one link, so that what a thread submits in a row still travels in the same batch.
 */
public final class StoreChannel {

    private final Store store;
    private final StoreLink[] links;

    /**
     * Makes a channel over links that connect when they are first used.
     *
     * @param store the store
     * @param links at least one
     */
    StoreChannel(Store store, List<StoreLink> links) {
        this.store = store;
        this.links = links.toArray(new StoreLink[0]);
    }

    /**
     * Takes an operation on its way to the store.
     *
     * @param operation filled, with a region led by this store; owned by the channel from now on
     */
    public void submit(Operation operation) {
        link().submit(operation);
    }

    @SuppressWarnings("deprecation") // Thread.threadId() came with 19
    private StoreLink link() {
        return links.length == 1
                ? links[0]
                : links[(int) (Thread.currentThread().getId() % links.length)];
    }

    Store store() {
        return store;
    }

    List<StoreLink> links() {
        return List.of(links);
    }

    void collectMetrics(List<StoreMetrics> into) {
        for (int i = 0; i < links.length; i++) {
            into.add(links[i].snapshot(i));
        }
    }
}
