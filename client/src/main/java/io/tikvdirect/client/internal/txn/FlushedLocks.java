package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockResponse;
import java.util.concurrent.TimeUnit;

/**
 * Owned by one thread at a time. Turns the locks of a pipelined transaction that is over into values, or removes them,
 * region by region over the whole range of its keys, for it does not remember them (PIP-03).
 */
final class FlushedLocks {

    private static final long ALL_S = TimeUnit.MINUTES.toSeconds(10);

    /** How long stores go on knowing of a transaction without locks: reads under way may still hold its keys. */
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(5);

    private final TxnEngine engine;
    private final long startTs;
    private final long commitTs;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private KeyRange rest;
    private long regions;

    private FlushedLocks(
            TxnEngine engine, long startTs, long commitTs, KeyRange part, long deadlineNs, Promise<Long> promise) {
        this.engine = engine;
        this.startTs = startTs;
        this.commitTs = commitTs;
        this.rest = part;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    /**
     * Ends all locks in the background.
     *
     * @param commitTs 0: rolled back
     * @param range all keys of the transaction are in it
     */
    static void end(TxnEngine engine, long startTs, long commitTs, KeyRange range, int concurrency) {
        StatusBroadcast.send(engine, StatusBroadcast.over(startTs, commitTs, false));
        long deadlineNs = TxnEngine.backgroundDeadlineNs(ALL_S);
        engine.background().run("ending flushed locks", done -> new RangeRun(
                        engine,
                        "ending flushed locks",
                        range,
                        concurrency,
                        1,
                        deadlineNs,
                        (part, ended) -> new FlushedLocks(engine, startTs, commitTs, part, deadlineNs, ended).next(),
                        TxnEngine.promise(
                                report -> {
                                    tellLater(engine, startTs, commitTs);
                                    done.succeed(true);
                                },
                                done::fail))
                .start());
    }

    private static void tellLater(TxnEngine engine, long startTs, long commitTs) {
        engine.pauses()
                .after(
                        GRACE_NS,
                        () -> StatusBroadcast.send(engine, StatusBroadcast.over(startTs, commitTs, true)),
                        closed -> {});
    }

    private void next() {
        RangeRequest.send(
                engine,
                OperationKind.KV_RESOLVE_LOCK,
                rest,
                this::request,
                ResolveLockResponse.parser(),
                deadlineNs,
                TxnEngine.promise(this::onEnded, promise::fail));
    }

    private MessageLite request(KeyRange part) {
        return ResolveLockRequest.newBuilder()
                .setStartVersion(startTs)
                .setCommitVersion(commitTs)
                .build();
    }

    private void onEnded(RangeRequest.Answer<ResolveLockResponse> answer) {
        if (answer.message().hasError()) {
            promise.fail(engine.errors()
                    .of(answer.message().getError(), FailureDetails.of(OperationKind.KV_RESOLVE_LOCK.label())));
            return;
        }
        regions++;
        KeyRange left = RangeRequest.behind(answer.part(), rest);
        if (left == null) {
            promise.succeed(regions);
        } else {
            rest = left;
            next();
        }
    }
}
