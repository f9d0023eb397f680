package io.tikvdirect.client.txn;

/** Immutable. Whether stores take writes when their disks fill up (TXN-17). */
public enum DiskFullPolicy {
    /** Not once a disk is almost full. */
    REFUSE(0),
    /** Still when a disk is almost full: for what frees space soon, such as deletions. */
    ALLOW_ALMOST_FULL(1),
    /** Even when a disk is as full as the store lets it become. */
    ALLOW_FULL(2);

    private final int number;

    DiskFullPolicy(int number) {
        this.number = number;
    }

    /**
     * The number stores know.
     *
     * @return of {@code kvrpcpb.DiskFullOpt}
     */
    public int number() {
        return number;
    }
}
