package io.tikvdirect.embedded.internal.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. What the versions of a key tell of one transaction.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>kind</th><th>version</th><th>meaning</th></tr>
 * <tr><td>COMMITTED</td><td>the one it wrote</td><td>it was committed there</td></tr>
 * <tr><td>ROLLED_BACK</td><td>-</td><td>it was rolled back</td></tr>
 * <tr><td>NONE</td><td>null</td><td>nothing is known</td></tr>
 * <tr><td>NONE</td><td>another's at its start</td><td>nothing is known, and a rollback has to be noted there</td></tr>
 * </table>
 *
 * @param kind what is known
 * @param version see the table
 * @param gcFence the next newer data version above an overlapping one, 0 = none
 */
public record CommitRecord(Kind kind, @Nullable Version version, long gcFence) {
    /** What is known of a transaction. */
    public enum Kind {
        COMMITTED,
        ROLLED_BACK,
        NONE
    }

    static final CommitRecord ROLLED_BACK = new CommitRecord(Kind.ROLLED_BACK, null, 0);
    static final CommitRecord NONE = new CommitRecord(Kind.NONE, null, 0);

    static CommitRecord of(Version own) {
        return own.type() == VersionType.ROLLBACK ? ROLLED_BACK : new CommitRecord(Kind.COMMITTED, own, 0);
    }

    static CommitRecord overlapping(Version other, long gcFence) {
        return new CommitRecord(Kind.NONE, other, gcFence);
    }

    /** The commit timestamp; 0 when it was not committed. */
    public long commitTs() {
        return kind == Kind.COMMITTED && version != null ? version.commitTs() : 0;
    }

    /**
     * The version that has to be written to note the rollback of the transaction that started at {@code startTs}; null
     * = nothing, since an unprotected rollback leaves another's version as it is.
     */
    public @Nullable Version rollback(long startTs, boolean isProtected) {
        if (version == null) {
            return Version.rollback(startTs, isProtected);
        }
        return isProtected ? version.overlapped(gcFence) : null;
    }
}
