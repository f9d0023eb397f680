package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Finds out what became of an async commit whose client is gone (LCK-04), by the rule of async commit: it is
 * committed if and only if every key was locked, at the largest of their minimum commit timestamps. Asking makes the
 * answer final: a store that does not find a lock sees to it that it never comes.
 */
final class SecondaryCheck {

    /** What the locks say; {@code commitTs} 0 is rolled back. */
    record Result(boolean isAsyncCommit, long commitTs) {}

    private final TxnEngine engine;
    private final long startTs;
    private final Promise<Result> promise;
    private final ReentrantLock lock = new ReentrantLock();
    private long minCommitTs;
    private boolean lockMissing;
    private long decidedCommitTs;
    private boolean notAsync;

    private SecondaryCheck(TxnEngine engine, long startTs, long primaryMinCommitTs, Promise<Result> promise) {
        this.engine = engine;
        this.startTs = startTs;
        this.minCommitTs = primaryMinCommitTs;
        this.promise = promise;
    }

    /**
     * Asks for every secondary key.
     *
     * @param primary the primary's lock, as it was just found
     * @param deadlineNs when to give up
     * @param promise gets the fate
     */
    static void run(TxnEngine engine, Lock primary, long deadlineNs, Promise<Result> promise) {
        SecondaryCheck check = new SecondaryCheck(engine, primary.startTs(), primary.minCommitTs(), promise);
        KeyGroupCall.send(
                engine,
                OperationKind.KV_CHECK_SECONDARY_LOCKS,
                primary.secondaries(),
                check::request,
                CheckSecondaryLocksResponse.parser(),
                (answer, keys, operation) -> check.take(answer, keys),
                deadlineNs,
                TxnEngine.promise(done -> check.finish(), promise::fail));
    }

    private CheckSecondaryLocksRequest request(List<byte[]> keys) {
        CheckSecondaryLocksRequest.Builder request =
                CheckSecondaryLocksRequest.newBuilder().setStartVersion(startTs);
        keys.forEach(key -> request.addKeys(engine.storeKey(key)));
        return request.build();
    }

    private @Nullable TikvException take(CheckSecondaryLocksResponse answer, List<byte[]> keys) {
        if (answer.hasError()) {
            return KeyErrors.nonsense("secondary locks cannot be checked");
        }
        lock.lock();
        try {
            return answer.getLocksCount() < keys.size() ? decided(answer.getCommitTs()) : locked(answer);
        } finally {
            lock.unlock();
        }
    }

    /** A lock is not there: the transaction was committed before, or is rolled back from now on. */
    private @Nullable TikvException decided(long commitTs) {
        if (lockMissing && decidedCommitTs != commitTs) {
            return KeyErrors.nonsense("keys of one async commit disagree about its commit timestamp");
        }
        lockMissing = true;
        decidedCommitTs = commitTs;
        return null;
    }

    private @Nullable TikvException locked(CheckSecondaryLocksResponse answer) {
        for (LockInfo info : answer.getLocksList()) {
            if (info.getLockVersion() != startTs) {
                return KeyErrors.nonsense("a secondary lock of another transaction was answered");
            }
            notAsync |= !info.getUseAsyncCommit();
            if (Long.compareUnsigned(info.getMinCommitTs(), minCommitTs) > 0) {
                minCommitTs = info.getMinCommitTs();
            }
        }
        return null;
    }

    private void finish() {
        if (lockMissing) {
            promise.succeed(new Result(true, decidedCommitTs));
        } else {
            promise.succeed(new Result(!notAsync, minCommitTs));
        }
    }
}
