package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import java.util.ArrayList;
import java.util.List;

/** Confined to its caller. Locks of a transaction that is going to be committed in the same command. */
final class OnePhaseLocks {
    private record Held(TxnKey key, TxnLock lock, boolean replacesPessimistic) {}

    private final List<Held> held = new ArrayList<>();

    void add(TxnKey key, TxnLock lock, boolean replacesPessimistic) throws TxnException {
        for (Held other : held) {
            if (other.key.equals(key)) {
                throw TxnException.aborted("the key is prewritten twice in one request: " + TxnException.text(key));
            }
        }
        held.add(new Held(key, lock, replacesPessimistic));
    }

    /** Writes the versions; only pessimistic locks were there to be removed. */
    void commit(Workspace space, long commitTs) throws TxnException {
        for (Held one : held) {
            space.putVersion(one.key, Version.committed(one.lock, commitTs));
            if (one.replacesPessimistic) {
                space.unlock(one.key, one.lock.startTs(), commitTs);
            }
        }
        held.clear();
    }

    /** Puts them as ordinary locks, to be committed in a second phase. */
    void fallBack(Workspace space) throws TxnException {
        for (Held one : held) {
            TxnLock.Draft ordinary = one.lock.draft();
            ordinary.asyncCommit = false;
            ordinary.secondaries = List.of();
            space.putLock(one.key, ordinary.lock(), !one.replacesPessimistic);
        }
        held.clear();
    }
}
