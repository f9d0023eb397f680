package io.tikvdirect.client.txn;

/**
 * Thread-safe. Keeps garbage collection from what can be read at a timestamp or later, while it is open: renewed by this
 * client, dropped when it is closed or the client is, and gone by itself when the client dies.
 */
public interface GcBarrier extends AutoCloseable {

    /**
     * Its name, which no other barrier of the cluster has.
     *
     * @return not empty
     */
    String name();

    /**
     * What it keeps readable, and all that is younger.
     *
     * @return the timestamp it was made with
     */
    Timestamp timestamp();

    /**
     * Whether it surely stands now.
     *
     * @return false when it was closed, or when PD could not be reached for so long that it may have ended by itself
     */
    boolean isHeld();

    /** Drops it. Does not wait for PD's answer; when that cannot be had the barrier ends by itself. */
    @Override
    void close();
}
