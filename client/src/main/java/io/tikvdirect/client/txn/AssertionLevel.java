package io.tikvdirect.client.txn;

/** Immutable. How much stores do to check what a transaction expects of keys it writes (TXN-15). */
public enum AssertionLevel {
    /** Nothing. */
    OFF(0),
    /** They check what they have read anyway. */
    FAST(1),
    /** They read older versions where they must. */
    STRICT(2);

    private final int number;

    AssertionLevel(int number) {
        this.number = number;
    }

    /**
     * The number stores know.
     *
     * @return of {@code kvrpcpb.AssertionLevel}
     */
    public int number() {
        return number;
    }
}
