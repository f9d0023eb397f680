package io.tikvdirect.client.txn;

/** Thread-safe. Is told how commits end. */
@FunctionalInterface
public interface CommitListener {

    /**
     * A commit has ended. Called once, before its caller hears of it, mostly on an event loop, where nothing may block;
     * what this throws is logged.
     *
     * @param report what came of it
     */
    void onCommitEnd(CommitReport report);
}
