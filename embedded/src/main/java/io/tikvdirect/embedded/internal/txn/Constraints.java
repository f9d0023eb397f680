package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.embedded.internal.mvcc.Versions;

/** Immutable. What must hold of a key's data before it is locked or written. */
final class Constraints {
    private Constraints() {}

    /**
     * Refuses a key that is present.
     *
     * @param latest the key's newest version
     */
    static void requireAbsent(TxnKey key, Version latest, long readTs) throws TxnException {
        boolean invalid = latest.gcFence() != Version.NO_FENCE && latest.gcFence() != 0;
        if (latest.type() == VersionType.DELETE || invalid) {
            return;
        }
        boolean present = latest.type() == VersionType.PUT
                || Versions.visible(latest.older(), latest.commitTs() - 1, readTs) != null;
        if (present) {
            throw TxnException.alreadyExists(key);
        }
    }
}
