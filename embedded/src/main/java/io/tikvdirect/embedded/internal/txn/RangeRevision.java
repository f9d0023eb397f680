package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LastChange;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.FlashbackToVersionRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Flashback: brings a region's keys back to what they were at an earlier timestamp. */
public final class RangeRevision {
    private final TxnEngine engine;

    /** Revises keys of {@code engine}. */
    public RangeRevision(TxnEngine engine) {
        this.engine = engine;
    }

    /** Immutable. What a key was. */
    private record Change(TxnKey key, @Nullable Version was) {}

    /** Rolls all locks in the region back. */
    public void rollBackLocks(Region region) throws TxnException {
        engine.write(region, space -> {
            List<byte[]> locked = new ArrayList<>();
            space.base().locked().ascend(region.start(), region.end(), (stored, record) -> locked.add(stored));
            for (byte[] stored : locked) {
                rollBack(space, TxnKey.ofStored(stored));
            }
            return true;
        });
    }

    private static void rollBack(Workspace space, TxnKey key) throws TxnException {
        KeyRecord record = space.read(key);
        SharedLocks shared = record.shared();
        TxnLock alone = record.lock();
        List<TxnLock> locks = shared != null ? List.copyOf(shared.all()) : alone == null ? List.of() : List.of(alone);
        for (TxnLock lock : locks) {
            Rollbacks.cleanUp(space, key, lock.startTs(), 0, false);
        }
    }

    /** Whether some key in the range is not what it was. */
    public boolean hasChanges(Region region, FlashbackToVersionRequest request) {
        return !changes(engine.space().now(), region, request).isEmpty();
    }

    /** Writes, for each key in the range that is not what it was, a version that says so. */
    public void revise(Region region, FlashbackToVersionRequest request) throws TxnException {
        engine.write(region, space -> {
            for (Change change : changes(space.base(), region, request)) {
                space.putVersion(change.key, version(change, request));
            }
            return true;
        });
    }

    private static Version version(Change change, FlashbackToVersionRequest request) {
        Version was = change.was;
        return Version.of(
                was == null ? VersionType.DELETE : VersionType.PUT,
                request.getStartTs(),
                request.getCommitTs(),
                was == null ? null : was.value(),
                LastChange.UNKNOWN);
    }

    private static List<Change> changes(MvccSpace.State state, Region region, FlashbackToVersionRequest request) {
        byte[] start = TxnRange.start(request.getStartKey(), region);
        byte[] end = TxnRange.end(request.getEndKey(), region);
        List<Change> changes = new ArrayList<>();
        state.keys().ascend(start, end, (stored, record) -> {
            Version was = Versions.visible(record.newest(), request.getVersion(), Ts.MAX);
            Version is = Versions.visible(record.newest(), Ts.MAX, Ts.MAX);
            if (is != was) {
                changes.add(new Change(TxnKey.ofStored(stored), was));
            }
            return true;
        });
        return changes;
    }
}
