package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ScanLockRequest;
import io.tikvdirect.proto.kvrpcpb.TxnInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Finding locks, and settling those whose transactions are decided. */
public final class LockResolution {
    private final TxnEngine engine;

    /** Locks of {@code engine}. */
    public LockResolution(TxnEngine engine) {
        this.engine = engine;
    }

    /** Immutable. One transaction's lock on a key. */
    private record Held(TxnKey key, TxnLock lock) {}

    /** KvScanLock: the locks of transactions that started at max_version at the latest; limit 0 = all. */
    public List<LockInfo> scan(Region region, ScanLockRequest request) {
        engine.maxTs().raise(request.getMaxVersion());
        byte[] start = TxnRange.start(request.getStartKey(), region);
        byte[] end = TxnRange.end(request.getEndKey(), region);
        int limit = request.getLimit() == 0 ? Integer.MAX_VALUE : request.getLimit();
        List<LockInfo> found = new ArrayList<>();
        if (end.length > 0 && Arrays.compareUnsigned(start, end) >= 0) {
            return found;
        }
        engine.space().now().locked().ascend(start, end, (stored, record) -> {
            LockInfo info = info(TxnKey.ofStored(stored), record, request.getMaxVersion());
            if (info != null) {
                found.add(info);
            }
            return found.size() < limit;
        });
        return found;
    }

    private static @Nullable LockInfo info(TxnKey key, KeyRecord record, long maxTs) {
        TxnLock lock = record.lock();
        if (lock != null) {
            return Ts.isBefore(maxTs, lock.startTs()) ? null : lock.info(key.user());
        }
        SharedLocks shared = record.shared();
        Collection<TxnLock> old = shared == null
                ? List.of()
                : shared.all().stream()
                        .filter(one -> !Ts.isBefore(maxTs, one.startTs()))
                        .toList();
        return old.isEmpty() ? null : SharedLocks.info(key.user(), old);
    }

    /** KvResolveLock: of some keys, of one transaction in the region, or of several. */
    public void resolve(Region region, ResolveLockRequest request) throws TxnException {
        if (request.getKeysCount() > 0) {
            resolveKeys(region, request);
        } else {
            resolveRegion(region, fates(request));
        }
    }

    private void resolveKeys(Region region, ResolveLockRequest request) throws TxnException {
        long startTs = request.getStartVersion();
        long commitTs = request.getCommitVersion();
        if (startTs == 0) {
            throw TxnException.aborted("to resolve keys needs a start_version");
        }
        engine.write(region, space -> {
            for (ByteString asked : request.getKeysList()) {
                settle(space, TxnKey.of(asked), startTs, commitTs);
            }
            if (commitTs != 0) {
                engine.committed().add(startTs);
            }
            return true;
        });
    }

    private static void settle(Workspace space, TxnKey key, long startTs, long commitTs) throws TxnException {
        if (commitTs == 0) {
            Rollbacks.cleanUp(space, key, startTs, 0, false);
        } else {
            Commits.commit(space, key, startTs, commitTs);
        }
    }

    private static Map<Long, Long> fates(ResolveLockRequest request) {
        Map<Long, Long> fates = new HashMap<>();
        if (request.getStartVersion() != 0) {
            fates.put(request.getStartVersion(), request.getCommitVersion());
        } else {
            for (TxnInfo info : request.getTxnInfosList()) {
                fates.put(info.getTxn(), info.getStatus());
            }
        }
        return fates;
    }

    /** Locks in memory are not found here (SURPRISES 31). */
    private void resolveRegion(Region region, Map<Long, Long> fates) throws TxnException {
        engine.write(region, space -> {
            List<Held> locks =
                    find(space.base(), region, lock -> !lock.inMemory() && fates.containsKey(lock.startTs()));
            for (Held held : locks) {
                long commitTs = fates.getOrDefault(held.lock.startTs(), 0L);
                if (commitTs != 0) {
                    Commits.requireAfterStart(held.lock.startTs(), commitTs);
                    engine.committed().add(held.lock.startTs());
                }
                settle(space, held.key, held.lock.startTs(), commitTs);
            }
            return true;
        });
    }

    private static List<Held> find(MvccSpace.State state, Region region, Predicate<TxnLock> wanted) {
        List<Held> found = new ArrayList<>();
        state.locked().ascend(region.start(), region.end(), (stored, record) -> {
            TxnKey key = TxnKey.ofStored(stored);
            SharedLocks shared = record.shared();
            TxnLock lock = record.lock();
            Collection<TxnLock> all = shared != null ? shared.all() : lock == null ? List.of() : List.of(lock);
            all.stream().filter(wanted).forEach(one -> found.add(new Held(key, one)));
            return true;
        });
        return found;
    }

    /** KVPessimisticRollback: gives pessimistic locks back, of some keys or of the region. */
    public void rollbackPessimistic(Region region, PessimisticRollbackRequest request) throws TxnException {
        engine.write(region, space -> {
            for (TxnKey key : pessimisticKeys(space, region, request)) {
                TxnLock own = Rollbacks.own(space.pending(key), request.getStartVersion());
                if (own != null && isToBeGivenBack(own, request)) {
                    Rollbacks.release(space, key, own.startTs(), 0);
                }
            }
            return true;
        });
    }

    private static List<TxnKey> pessimisticKeys(Workspace space, Region region, PessimisticRollbackRequest request) {
        if (request.getKeysCount() > 0) {
            return request.getKeysList().stream().map(TxnKey::of).toList();
        }
        return find(space.base(), region, lock -> lock.startTs() == request.getStartVersion()).stream()
                .map(Held::key)
                .toList();
    }

    /** A lock taken at a newer for_update_ts belongs to a later request. */
    private static boolean isToBeGivenBack(TxnLock lock, PessimisticRollbackRequest request) {
        return lock.isPessimistic() && !Ts.isBefore(request.getForUpdateTs(), lock.forUpdateTs());
    }

    /** The start of the oldest transaction that holds a lock in the region, or {@link Ts#MAX}. */
    public long oldestStart(Region region) {
        long[] oldest = {Ts.MAX};
        for (Held held : find(engine.space().now(), region, lock -> !lock.isPessimistic())) {
            if (Ts.isBefore(held.lock.startTs(), oldest[0])) {
                oldest[0] = held.lock.startTs();
            }
        }
        return oldest[0];
    }
}
