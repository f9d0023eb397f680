package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Confined to the holder of the space's write lock. A request that waits for one key.
 */
final class LockWaiter {
    final TxnKey key;
    final PessimisticOptions options;
    final boolean mustNotExist;
    final boolean isShared;
    final PessimisticCommand command;
    final long number;
    final long deadlineMs;
    final Consumer<PessimisticLockResponse> answer;
    /** What the deadlock detector knows of it. */
    final List<DeadlockDetector.Wait> waits = new ArrayList<>();

    LockWaiter(
            PessimisticCommand command,
            PessimisticCommand.Asked asked,
            long number,
            long deadlineMs,
            Consumer<PessimisticLockResponse> answer) {
        this.command = command;
        this.key = asked.key();
        this.options = command.options();
        this.mustNotExist = asked.mustNotExist();
        this.isShared = asked.isShared();
        this.number = number;
        this.deadlineMs = deadlineMs;
        this.answer = answer;
    }

    /** The oldest transaction goes first, then who came first. */
    static int order(LockWaiter a, LockWaiter b) {
        int byAge = Long.compareUnsigned(a.options.startTs(), b.options.startTs());
        return byAge != 0 ? byAge : Long.compare(a.number, b.number);
    }
}
