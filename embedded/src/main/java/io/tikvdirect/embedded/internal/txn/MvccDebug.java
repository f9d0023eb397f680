package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LastChange;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.MvccGetByStartTsResponse;
import io.tikvdirect.proto.kvrpcpb.MvccInfo;
import io.tikvdirect.proto.kvrpcpb.MvccLock;
import io.tikvdirect.proto.kvrpcpb.MvccValue;
import io.tikvdirect.proto.kvrpcpb.MvccWrite;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Shows keys with all their versions, in TiKV's form. */
public final class MvccDebug {
    /** Values up to this size live in the lock and write families, longer ones in the default family. */
    private static final int SHORT_VALUE_BYTES = 255;

    private static final ByteString PROTECTED = ByteString.copyFromUtf8("p");

    private final TxnEngine engine;

    /** Shows keys of {@code engine}. */
    public MvccDebug(TxnEngine engine) {
        this.engine = engine;
    }

    /** MvccGetByKey. */
    public MvccInfo byKey(Region region, ByteString asked) throws TxnException {
        TxnKey key = TxnKey.of(asked);
        Workspace.requireInside(key, region);
        return describe(engine.space().now().get(key.stored()));
    }

    /** MvccGetByStartTs: the first key in the region with a version of that transaction; locks don't count. */
    public MvccGetByStartTsResponse byStartTs(Region region, long startTs) {
        MvccGetByStartTsResponse.Builder response = MvccGetByStartTsResponse.newBuilder();
        engine.space().now().keys().ascend(region.start(), region.end(), (stored, record) -> {
            if (!wrote(record, startTs)) {
                return true;
            }
            response.setKey(TxnKey.ofStored(stored).user()).setInfo(describe(record));
            return false;
        });
        return response.hasInfo()
                ? response.build()
                : response.setInfo(MvccInfo.getDefaultInstance()).build();
    }

    private static boolean wrote(KeyRecord record, long startTs) {
        for (Version version = record.newest(); version != null; version = version.older()) {
            if (version.startTs() == startTs) {
                return true;
            }
        }
        return false;
    }

    private static MvccInfo describe(KeyRecord record) {
        MvccInfo.Builder info = MvccInfo.newBuilder();
        TxnLock lock = anyLock(record);
        if (lock != null) {
            info.setLock(describe(lock));
            addLongValue(info, lock.startTs(), lock.value());
        }
        for (Version version = record.newest(); version != null; version = version.older()) {
            info.addWrites(describe(version));
            addLongValue(info, version.startTs(), version.value());
        }
        return info.build();
    }

    /** Of locks that share a key TiKV shows one. */
    private static @Nullable TxnLock anyLock(KeyRecord record) {
        SharedLocks shared = record.shared();
        return shared == null ? record.lock() : shared.all().iterator().next();
    }

    private static void addLongValue(MvccInfo.Builder info, long startTs, @Nullable ByteString value) {
        if (value != null && value.size() > SHORT_VALUE_BYTES) {
            info.addValues(MvccValue.newBuilder().setStartTs(startTs).setValue(value));
        }
    }

    private static ByteString shortValue(@Nullable ByteString value) {
        return value == null || value.size() > SHORT_VALUE_BYTES ? ByteString.EMPTY : value;
    }

    private static MvccLock describe(TxnLock lock) {
        MvccLock.Builder shown = MvccLock.newBuilder()
                .setType(lock.type().op())
                .setStartTs(lock.startTs())
                .setPrimary(lock.primary())
                .setShortValue(shortValue(lock.value()));
        LastChange last = lock.lastChange();
        return shown.setLastChangeTs(last.ts())
                .setVersionsToLastChange(last.versions())
                .build();
    }

    private static MvccWrite describe(Version version) {
        ByteString value = version.type() == VersionType.ROLLBACK && version.isProtected()
                ? PROTECTED
                : shortValue(version.value());
        MvccWrite.Builder shown = MvccWrite.newBuilder()
                .setType(version.type().op())
                .setStartTs(version.startTs())
                .setCommitTs(version.commitTs())
                .setShortValue(value)
                .setHasOverlappedRollback(version.hasOverlappedRollback());
        if (version.gcFence() != Version.NO_FENCE) {
            shown.setHasGcFence(true).setGcFence(version.gcFence());
        }
        return shown.build();
    }
}
