package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.CommitRecord;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. Whether an async commit has all of its secondary locks; what is missing is rolled back so that
 * it can't come later.
 *
 * <table>
 * <caption>By key, until one says that the transaction is decided</caption>
 * <tr><th>the key has</th><th>then</th></tr>
 * <tr><td>the transaction's lock</td><td>listed</td></tr>
 * <tr><td>its pessimistic lock</td><td>removed, rolled back (unless decided before)</td></tr>
 * <tr><td>its commit</td><td>only commit_ts is answered</td></tr>
 * <tr><td>its rollback</td><td>nothing is answered</td></tr>
 * <tr><td>nothing of it</td><td>rolled back, nothing is answered</td></tr>
 * </table>
 */
final class SecondaryLocksCheck {
    private final Workspace space;
    private final CheckSecondaryLocksRequest request;
    private final long startTs;

    SecondaryLocksCheck(Workspace space, CheckSecondaryLocksRequest request) {
        this.space = space;
        this.request = request;
        this.startTs = request.getStartVersion();
    }

    CheckSecondaryLocksResponse run() throws TxnException {
        space.maxTs().raise(startTs);
        CheckSecondaryLocksResponse.Builder locks = CheckSecondaryLocksResponse.newBuilder();
        for (ByteString asked : request.getKeysList()) {
            TxnKey key = TxnKey.of(asked);
            KeyRecord record = space.read(key);
            TxnLock own = record.shared() == null ? Rollbacks.own(record, startTs) : null;
            if (own == null || own.isPessimistic()) {
                return decide(key, record, own);
            }
            locks.addLocks(own.info(asked));
        }
        return locks.build();
    }

    private CheckSecondaryLocksResponse decide(TxnKey key, KeyRecord record, @Nullable TxnLock pessimistic)
            throws TxnException {
        if (pessimistic != null) {
            space.unlock(key, startTs, 0);
        }
        CommitRecord found = Versions.commitRecord(record.newest(), startTs);
        switch (found.kind()) {
            case COMMITTED -> {
                return CheckSecondaryLocksResponse.newBuilder()
                        .setCommitTs(found.commitTs())
                        .build();
            }
            case ROLLED_BACK -> {}
            case NONE -> rollBack(key, record, pessimistic, found);
        }
        return CheckSecondaryLocksResponse.getDefaultInstance();
    }

    private void rollBack(TxnKey key, KeyRecord record, @Nullable TxnLock pessimistic, CommitRecord found)
            throws TxnException {
        TxnLock other = record.lock();
        if (pessimistic == null && other != null) {
            Rollbacks.rememberUnder(space, key, other, startTs);
        }
        Version rollback = found.rollback(startTs, true);
        if (rollback != null) {
            space.putVersion(key, rollback);
            Rollbacks.collapse(space, key, startTs);
        }
    }
}
