package io.tikvdirect.client.txn;

/** Thread-safe. Decides which values a commit leaves out although they were written (TXN-14). */
@FunctionalInterface
public interface WriteFilter {

    /**
     * Asked once for each key with a value when the transaction commits, or is flushed when it is pipelined; not for
     * deletions. Called by the thread that commits or writes.
     *
     * @param key to be written
     * @param value to be written
     * @return false to leave it out; a key that the transaction has locked is then committed as locked only
     */
    boolean isNeeded(byte[] key, byte[] value);
}
