package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.CommitRecord;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. A prewrite or flush of several keys.
 *
 * <table>
 * <caption>By what a key answers</caption>
 * <tr><th>answer</th><th>then</th></tr>
 * <tr><td>a commit timestamp</td><td>the largest one counts</td></tr>
 * <tr><td>none although one is due: it fell back before</td><td>the rest falls back to two phases</td></tr>
 * <tr><td>commit timestamp too large</td><td>the same, unless the transaction is committed already: success</td></tr>
 * <tr><td>write conflict above start_ts, pessimistic lock not found</td><td>success if the transaction is committed
 * already, else refused as a whole</td></tr>
 * <tr><td>locked</td><td>the same, but all locked keys are told</td></tr>
 * <tr><td>assertion failed</td><td>refused if nothing else is wrong</td></tr>
 * <tr><td>an older generation than flushed</td><td>that key is left alone</td></tr>
 * <tr><td>anything else</td><td>refused as a whole</td></tr>
 * </table>
 */
final class Prewrites {
    private final Workspace space;
    private final OnePhaseLocks onePhase = new OnePhaseLocks();
    private final List<KeyError> locked = new ArrayList<>();
    private PrewriteOptions options;
    private long commitTs;
    private @Nullable TxnException assertion;

    Prewrites(Workspace space, PrewriteOptions options) {
        this.space = space;
        this.options = options;
    }

    /** Prewrites all keys; when keys are locked by others the answer says so and nothing is changed. */
    PrewriteResponse run(List<PrewriteMutation> mutations) throws TxnException {
        for (PrewriteMutation mutation : mutations) {
            Long committed = prewrite(mutation);
            if (committed != null) {
                return committed(committed);
            }
        }
        if (assertion != null) {
            throw assertion;
        }
        return response();
    }

    /** Null to go on, else where the transaction was committed before. */
    private @Nullable Long prewrite(PrewriteMutation mutation) throws TxnException {
        boolean wantsCommitTs = options.choosesCommitTs();
        try {
            long chosen = new KeyPrewrite(space, options, mutation, secondaries(mutation)).run(onePhase);
            if (wantsCommitTs && chosen == 0) {
                fallBack();
            } else if (wantsCommitTs) {
                commitTs = Ts.max(commitTs, chosen);
            }
            return null;
        } catch (TxnException refused) {
            return onRefused(mutation, refused);
        }
    }

    private List<ByteString> secondaries(PrewriteMutation mutation) {
        List<ByteString> all = options.secondaries();
        return all != null && mutation.key().user().equals(options.primary()) ? all : List.of();
    }

    private @Nullable Long onRefused(PrewriteMutation mutation, TxnException refused) throws TxnException {
        switch (refused.kind()) {
            case LOCKED, COMMIT_TS_TOO_LARGE, PESSIMISTIC_LOCK_NOT_FOUND, WRITE_CONFLICT -> {
                CommitRecord record =
                        Versions.commitRecord(space.read(mutation.key()).newest(), options.startTs());
                boolean newer = refused.kind() != TxnException.Kind.WRITE_CONFLICT
                        || Ts.isBefore(options.startTs(), refused.commitTs());
                if (newer && record.kind() == CommitRecord.Kind.COMMITTED) {
                    return record.commitTs();
                }
                goOnOrThrow(refused);
            }
            case ASSERTION_FAILED -> assertion = assertion == null ? refused : assertion;
            case OLD_GENERATION -> {}
            default -> throw refused;
        }
        return null;
    }

    private void goOnOrThrow(TxnException refused) throws TxnException {
        switch (refused.kind()) {
            case LOCKED -> locked.add(refused.error());
            case COMMIT_TS_TOO_LARGE -> fallBack();
            default -> throw refused;
        }
    }

    private void fallBack() throws TxnException {
        options = options.inTwoPhases();
        onePhase.fallBack(space);
        commitTs = 0;
    }

    /** A retry of a transaction that is through: its own figures, and no change. */
    private PrewriteResponse committed(long at) {
        space.clear();
        PrewriteResponse.Builder response = PrewriteResponse.newBuilder();
        if (options.secondaries() != null) {
            response.setMinCommitTs(at);
        }
        if (options.onePhase()) {
            response.setOnePcCommitTs(at);
        }
        return response.build();
    }

    private PrewriteResponse response() throws TxnException {
        PrewriteResponse.Builder response = PrewriteResponse.newBuilder();
        if (options.secondaries() != null) {
            response.setMinCommitTs(commitTs);
        }
        if (!locked.isEmpty()) {
            space.clear();
            return response.addAllErrors(locked).build();
        }
        if (options.onePhase()) {
            onePhase.commit(space, commitTs);
            response.setOnePcCommitTs(commitTs);
        }
        return response.build();
    }
}
