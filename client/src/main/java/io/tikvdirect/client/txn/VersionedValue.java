package io.tikvdirect.client.txn;

/**
 * Immutable as long as its array is left alone. A value and when it was committed (SNP-01).
 *
 * <p>The array is the caller's own.
 */
public final class VersionedValue {
    private final byte[] value;
    private final Timestamp committed;

    /**
     * A value over the given array, which must not be changed afterwards.
     *
     * @param value not empty
     * @param committed commit timestamp of the transaction that wrote it
     */
    public VersionedValue(byte[] value, Timestamp committed) {
        this.value = value;
        this.committed = committed;
    }

    /**
     * The value.
     *
     * @return the object's own array, to be read only
     */
    public byte[] value() {
        return value;
    }

    /**
     * When the transaction that wrote it was committed.
     *
     * @return not after the snapshot's timestamp
     */
    public Timestamp committed() {
        return committed;
    }

    /** The size only: values may be personal data. */
    @Override
    public String toString() {
        return "VersionedValue[" + value.length + " bytes, committed " + committed + ']';
    }
}
