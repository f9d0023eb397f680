package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CleanupRequest;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.ForUpdateTSConstraint;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Thread-safe. The commands by which transactions write, on keys of one region each. */
public final class TxnWrites {
    private final TxnEngine engine;

    /** Commands of {@code engine}. */
    public TxnWrites(TxnEngine engine) {
        this.engine = engine;
    }

    /** KvPrewrite; locked keys are in the answer. */
    public PrewriteResponse prewrite(Region region, PrewriteRequest request) throws TxnException {
        List<PrewriteMutation> mutations = mutations(request);
        requireSome(mutations, "mutations");
        TxnEngine.Work<PrewriteResponse> work = space -> {
            boolean known = engine.committed().contains(request.getStartVersion());
            PrewriteResponse response = new Prewrites(space, PrewriteOptions.of(request, known)).run(mutations);
            if (response.getOnePcCommitTs() != 0) {
                engine.committed().add(request.getStartVersion());
            }
            return response;
        };
        boolean chooses = request.getUseAsyncCommit() || request.getTryOnePc();
        return chooses ? engine.writeChoosing(region, work) : engine.write(region, work);
    }

    private static List<PrewriteMutation> mutations(PrewriteRequest request) throws TxnException {
        boolean pessimistic = request.getForUpdateTs() != 0;
        // A pessimistic prewrite with fewer actions than mutations drops the rest (SURPRISES 36).
        int count = pessimistic
                ? Math.min(request.getMutationsCount(), request.getPessimisticActionsCount())
                : request.getMutationsCount();
        Map<Integer, Long> expected = constraints(request, count);
        List<PrewriteMutation> mutations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            PessimisticAction action =
                    pessimistic ? request.getPessimisticActions(i) : PessimisticAction.SKIP_PESSIMISTIC_CHECK;
            mutations.add(PrewriteMutation.of(request.getMutations(i), action, expected.get(i)));
        }
        return mutations;
    }

    private static Map<Integer, Long> constraints(PrewriteRequest request, int count) throws TxnException {
        Map<Integer, Long> expected = new HashMap<>();
        if (request.getForUpdateTs() != 0) {
            for (ForUpdateTSConstraint constraint : request.getForUpdateTsConstraintsList()) {
                if (Integer.compareUnsigned(constraint.getIndex(), count) >= 0) {
                    throw TxnException.aborted(
                            "a for_update_ts constraint for mutation " + constraint.getIndex() + " of " + count);
                }
                expected.put(constraint.getIndex(), constraint.getExpectedForUpdateTs());
            }
        }
        return expected;
    }

    /** A real server ends its process here. */
    static void requireSome(List<?> keys, String what) throws TxnException {
        if (keys.isEmpty()) {
            throw TxnException.aborted("a request without " + what);
        }
    }

    /** KvFlush: like a prewrite, in generations; locked keys are in the answer. */
    public PrewriteResponse flush(Region region, FlushRequest request) throws TxnException {
        if (request.getGeneration() == 0) {
            throw TxnException.aborted("a flush needs a generation above 0");
        }
        List<PrewriteMutation> mutations = new ArrayList<>();
        for (Mutation mutation : request.getMutationsList()) {
            mutations.add(PrewriteMutation.of(mutation, PessimisticAction.SKIP_PESSIMISTIC_CHECK, null));
        }
        return engine.write(region, space -> new Prewrites(space, PrewriteOptions.of(request)).run(mutations));
    }

    /** KvCommit: all keys or none. */
    public void commit(Region region, CommitRequest request) throws TxnException {
        requireSome(request.getKeysList(), "keys");
        long startTs = request.getStartVersion();
        long commitTs = request.getCommitVersion();
        Commits.requireAfterStart(startTs, commitTs);
        engine.write(region, space -> {
            for (ByteString key : request.getKeysList()) {
                Commits.commit(space, TxnKey.of(key), startTs, commitTs);
            }
            engine.committed().add(startTs);
            return true;
        });
    }

    /** KvBatchRollback: all keys or none. */
    public void rollback(Region region, BatchRollbackRequest request) throws TxnException {
        requireSome(request.getKeysList(), "keys");
        engine.write(region, space -> {
            for (ByteString key : request.getKeysList()) {
                Rollbacks.cleanUp(space, TxnKey.of(key), request.getStartVersion(), 0, false);
            }
            return true;
        });
    }

    /** KvCleanup: rolls back on one key, for good. */
    public void cleanup(Region region, CleanupRequest request) throws TxnException {
        engine.write(region, space -> {
            space.maxTs().raise(request.getStartVersion());
            TxnKey key = TxnKey.of(request.getKey());
            Rollbacks.cleanUp(space, key, request.getStartVersion(), request.getCurrentTs(), true);
            return true;
        });
    }

    /** KvCheckTxnStatus. */
    public CheckTxnStatusResponse checkStatus(Region region, CheckTxnStatusRequest request) throws TxnException {
        return engine.write(region, space -> new StatusCheck(space, request).run());
    }

    /** KvCheckSecondaryLocks. */
    public CheckSecondaryLocksResponse checkSecondaryLocks(Region region, CheckSecondaryLocksRequest request)
            throws TxnException {
        requireSome(request.getKeysList(), "keys");
        return engine.write(region, space -> new SecondaryLocksCheck(space, request).run());
    }

    /** KvTxnHeartBeat: the time to live that the lock has now. */
    public long heartBeat(Region region, TxnHeartBeatRequest request) throws TxnException {
        return engine.write(region, space -> {
            TxnKey key = TxnKey.of(request.getPrimaryLock());
            KeyRecord record = space.read(key);
            TxnLock own = Rollbacks.own(record, request.getStartVersion());
            if (own != null && record.shared() != null) {
                throw TxnException.primaryMismatch(record.shared().info(key.user()));
            }
            if (own == null) {
                throw TxnException.txnNotFound(key, request.getStartVersion());
            }
            return prolong(space, key, own, request).ttlMs();
        });
    }

    private static TxnLock prolong(Workspace space, TxnKey key, TxnLock lock, TxnHeartBeatRequest request)
            throws TxnException {
        boolean longer = Ts.isBefore(lock.ttlMs(), request.getAdviseLockTtl());
        boolean later = !lock.asyncCommit()
                && lock.generation() > 0
                && Ts.isBefore(lock.minCommitTs(), request.getMinCommitTs());
        if (!longer && !later) {
            return lock;
        }
        TxnLock.Draft draft = lock.draft();
        draft.ttlMs = longer ? request.getAdviseLockTtl() : lock.ttlMs();
        draft.minCommitTs = later ? request.getMinCommitTs() : lock.minCommitTs();
        draft.inMemory = false;
        TxnLock prolonged = draft.lock();
        space.putLock(key, prolonged, false);
        return prolonged;
    }
}
