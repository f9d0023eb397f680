package io.tikvdirect.client.txn;

/** Thread-safe. Has the last word about a commit, for example by a lease that may have ended meanwhile. */
@FunctionalInterface
public interface CommitCheck {

    /**
     * Asked when everything is locked and before the transaction is committed; maybe several times, with later
     * timestamps. Called on an event loop, where nothing may block.
     *
     * @param start start timestamp of the transaction
     * @param commit when it is about to be committed
     * @return whether it may be; when not, or when this throws, it is rolled back
     */
    boolean mayCommit(Timestamp start, Timestamp commit);
}
