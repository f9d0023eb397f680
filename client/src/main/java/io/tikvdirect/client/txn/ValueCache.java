package io.tikvdirect.client.txn;

import java.util.List;

/**
 * Thread-safe. What a snapshot keeps of the values it has read, when {@link SnapshotOptions#withValueCache} lets it. It is
 * empty where values change from read to read: at {@link Timestamp#LATEST}, and in isolations other than {@link
 * IsolationLevel#SNAPSHOT}.
 */
public interface ValueCache {

    /**
     * How many keys were answered without asking a store.
     *
     * @return grows
     */
    long hits();

    /**
     * How many keys are kept, those without a value among them.
     *
     * @return 0 or more
     */
    int size();

    /**
     * How many bytes of keys and values are kept.
     *
     * @return at most {@link SnapshotOptions#valueCacheBytes()}
     */
    long bytes();

    /**
     * Forgets keys; the next read asks for them again.
     *
     * @param keys whether kept or not
     */
    void forget(List<byte[]> keys);
}
