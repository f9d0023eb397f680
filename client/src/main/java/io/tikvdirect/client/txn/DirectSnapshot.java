package io.tikvdirect.client.txn;

import io.tikvdirect.client.raw.DirectCallback;
import org.agrona.DirectBuffer;

/**
 * Thread-safe. Single reads of a {@link Snapshot} without any object between the caller's buffers and the network's: once
 * warm, a read that meets no lock allocates nothing. Nothing here blocks, and nothing is kept in the snapshot's value cache.
 */
public interface DirectSnapshot {

    /**
     * The timestamp.
     *
     * @return as given
     */
    Timestamp timestamp();

    /**
     * Reads one key.
     *
     * @param key buffer with the key, <i>borrowed</i>: it may be used again when this returns
     * @param offset where the key begins
     * @param length of the key, not 0
     * @param correlationId given back to the callback
     * @param callback told once, on an event loop
     * @return false when the in-flight window is full: nothing was begun, and the callback will not be called
     * @throws io.tikvdirect.client.InvalidArgumentException when the key is empty or too long
     */
    boolean get(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback);
}
