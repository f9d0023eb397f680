package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.LockResolution;
import io.tikvdirect.embedded.internal.txn.TxnEngine;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.metapb.Peer;
import org.jspecify.annotations.Nullable;

/** Thread-safe. What the transactional commands of one store have in common: regions, rules and the engine. */
final class TxnAccess {
    private final StoreParts parts;
    private final RegionCheck check;
    private final long storeId;
    private final TxnRules rules;
    private final LockResolution locks;
    private final TimestampLimit limit;

    TxnAccess(StoreParts parts, RegionCheck check, long storeId) {
        this.parts = parts;
        this.check = check;
        this.storeId = storeId;
        this.rules = new TxnRules(parts.apiVersion());
        this.locks = new LockResolution(parts.txn());
        this.limit = new TimestampLimit(parts.timestamps());
    }

    TxnEngine engine() {
        return parts.txn();
    }

    StoreParts parts() {
        return parts;
    }

    RegionCheck check() {
        return check;
    }

    TxnRules rules() {
        return rules;
    }

    LockResolution locks() {
        return locks;
    }

    TimestampLimit limit() {
        return limit;
    }

    Region writing(Context context) throws RegionErrorException {
        return check.atLeader(context);
    }

    /** The region error that a write would meet now, or null. */
    @Nullable
    Error refusal(Context context) {
        try {
            check.atLeader(context);
            return null;
        } catch (RegionErrorException refused) {
            return refused.error();
        }
    }

    /**
     * The region, for a read at {@code ts}. A stale read is served by any replica if no transaction can commit below
     * it any more; the leader serves it as an ordinary one (SURPRISES 13).
     */
    Region reading(Context context, long ts) throws RegionErrorException {
        if (!context.getStaleRead()) { // those raise no max_ts
            limit.requireNear(ts);
        }
        boolean stale = context.getStaleRead() && ts != 0;
        Region region = check.atReader(context, context.getReplicaRead() || stale);
        if (stale && (context.getReplicaRead() || region.leaderStore() != storeId)) {
            requireReady(region, ts);
        }
        return region;
    }

    /** A read at {@code ts} met no lock: a follower that asked the leader for it may serve stale reads up to there. */
    void onRead(Context context, Region region, long ts) {
        if (!context.getStaleRead() && region.leaderStore() != storeId) {
            parts.safeTimestamps().served(region.id(), storeId, ts);
        }
    }

    /** What commits from now on by a timestamp that it chooses itself, commits above a stale read. */
    private void requireReady(Region region, long ts) throws RegionErrorException {
        long oldest = locks.oldestStart(region);
        long safeTs = region.leaderStore() == storeId
                ? parts.safeTimestamps().atLeader(oldest)
                : parts.safeTimestamps().atFollower(oldest);
        long readIndexTs = parts.safeTimestamps().readIndexTs(region.id(), storeId);
        if (Ts.isBefore(Ts.max(safeTs, readIndexTs), ts)) {
            Peer replica = region.peerOn(storeId);
            throw RegionErrors.dataIsNotReady(region, replica == null ? 0 : replica.getId(), safeTs);
        }
        engine().maxTs().raise(ts);
    }
}
