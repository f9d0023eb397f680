package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.TransactionOptions;
import java.time.Duration;

/**
 * Immutable. What options of a transaction become, made once for all transactions with the same options.
 *
 * @param options of transactions
 * @param timeoutNs the budget of one call
 * @param context of their writes
 * @param reads how they read
 * @param readContext of their reads
 */
record PreparedOptions(
        TransactionOptions options,
        long timeoutNs,
        RequestContext context,
        SnapshotOptions reads,
        SnapshotContext readContext) {

    static PreparedOptions of(TxnEngine engine, TransactionOptions options) {
        Duration timeout = options.timeout() == null ? engine.config().timeout() : options.timeout();
        SnapshotOptions reads = RequestContext.reads(options, timeout);
        return new PreparedOptions(
                options,
                timeout.toNanos(),
                RequestContext.of(engine, options),
                reads,
                SnapshotContext.of(engine.config(), reads));
    }

    /** Whether they belong to one transaction only, whose requests are counted. */
    boolean isPrivate() {
        return context.watch() != null;
    }
}
