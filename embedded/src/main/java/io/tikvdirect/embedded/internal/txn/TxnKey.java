package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.embedded.internal.data.Memcomparable;

/**
 * Immutable. A transactional key in its two forms.
 *
 * @param user as requests carry it
 * @param stored memcomparable, as it is ordered and compared with region bounds; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the form that requests carry
public record TxnKey(ByteString user, byte[] stored) {
    /** The key of a request. */
    public static TxnKey of(ByteString user) {
        return new TxnKey(user, Memcomparable.encode(user.toByteArray()));
    }

    /** The key of a record. */
    public static TxnKey ofStored(byte[] stored) {
        return new TxnKey(UnsafeByteOperations.unsafeWrap(Memcomparable.decode(stored)), stored);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TxnKey key && user.equals(key.user);
    }

    @Override
    public int hashCode() {
        return user.hashCode();
    }
}
