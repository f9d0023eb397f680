package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. A request for pessimistic locks: all of its keys are locked, or none is.
 *
 * <table>
 * <caption>When a key is locked by others</caption>
 * <tr><th>wait_timeout</th><th>then</th></tr>
 * <tr><td>negative</td><td>locked; with force the key's result is LockResultFailed as well</td></tr>
 * <tr><td>0</td><td>waits for the server's {@link #MAX_WAIT_MS}</td></tr>
 * <tr><td>positive</td><td>waits so long, at most the server's time</td></tr>
 * </table>
 */
public final class PessimisticCommand {
    /** TiKV's default {@code pessimistic-txn.wait-for-lock-timeout}. */
    private static final long MAX_WAIT_MS = 1000;

    /** Immutable. One key of the request. */
    record Asked(TxnKey key, boolean mustNotExist, boolean isShared) {}

    /** Immutable. Why a request has no answer yet: a key and who holds it. */
    record Blocked(Asked asked, LockInfo holder) {}

    private final PessimisticOptions options;
    private final List<Asked> keys;
    private final Region region;
    private final Supplier<@Nullable Error> regionNow;
    private final long waitMs;

    private PessimisticCommand(
            PessimisticLockRequest request, List<Asked> keys, Region region, Supplier<@Nullable Error> regionNow) {
        this.options = PessimisticOptions.of(request);
        this.keys = keys;
        this.region = region;
        this.regionNow = regionNow;
        this.waitMs = request.getWaitTimeout() == 0 ? MAX_WAIT_MS : Math.min(request.getWaitTimeout(), MAX_WAIT_MS);
    }

    /**
     * A request to lock keys of a region.
     *
     * @param regionNow gives the error that the request would meet if it came now, or null
     * @throws TxnException when it can't be carried out, whatever the keys have
     */
    public static PessimisticCommand of(
            PessimisticLockRequest request, Region region, Supplier<@Nullable Error> regionNow) throws TxnException {
        List<Asked> keys = new ArrayList<>();
        for (Mutation mutation : request.getMutationsList()) {
            boolean isShared = mutation.getOp() == Op.SharedPessimisticLock;
            if (!isShared && mutation.getOp() != Op.PessimisticLock) {
                throw TxnException.aborted("a pessimistic lock can't " + mutation.getOp());
            }
            boolean mustNotExist = mutation.getAssertion() == Assertion.NotExist;
            keys.add(new Asked(TxnKey.of(mutation.getKey()), mustNotExist, isShared));
        }
        PessimisticCommand command = new PessimisticCommand(request, keys, region, regionNow);
        if (command.options.force() && keys.size() > 1) {
            throw TxnException.aborted("several keys in one request with WakeUpModeForceLock");
        }
        return command;
    }

    PessimisticOptions options() {
        return options;
    }

    Region region() {
        return region;
    }

    @Nullable
    Error regionError() {
        return regionNow.get();
    }

    boolean waits() {
        return waitMs >= 0;
    }

    long waitMs() {
        return waitMs;
    }

    /** What came of one attempt: exactly one is set. */
    record Outcome(@Nullable PessimisticLockResponse response, @Nullable Blocked blocked) {}

    /** Locks the keys in {@code space}, or says who is in the way. */
    Outcome run(Workspace space) throws TxnException {
        PessimisticAnswer answer = new PessimisticAnswer(options);
        for (Asked asked : keys) {
            try {
                answer.add(
                        new PessimisticLocks(space, options, asked.key, asked.mustNotExist, asked.isShared).acquire());
            } catch (TxnException refused) {
                switch (refused.kind()) {
                    case LOCKED -> {
                        space.clear();
                        LockInfo holder = refused.error().getLocked();
                        return waits()
                                ? new Outcome(null, new Blocked(asked, holder))
                                : new Outcome(answer.failed(refused), null);
                    }
                    case SHARED_AND_OPEN -> {
                        closeToOthers(space, asked.key);
                        return new Outcome(answer.refused(refused), null);
                    }
                    default -> throw refused;
                }
            }
        }
        return new Outcome(answer.locked(), null);
    }

    /** Who wants the key alone lets nobody else join those who share it. */
    private static void closeToOthers(Workspace space, TxnKey key) throws TxnException {
        space.clear();
        SharedLocks shared = space.read(key).shared();
        if (shared != null) {
            space.putShared(key, shared.shrinkOnly(), 0, 0);
        }
    }
}
