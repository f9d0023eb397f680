package io.tikvdirect.cli.bench;

/** Confined to one thread. What one operation on the blocking face is. */
interface SyncCalls {
    /** Does the next operation; false if it did not find what was loaded. */
    boolean call();
}
