package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.txn.RequestTags;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What all requests of a transaction say beside their work, and who sees them (TXN-17).
 *
 * @param encoded fields of {@code kvrpcpb.Context} beyond the region's
 * @param watch sees the requests; null: nobody
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
record RequestContext(byte[] encoded, @Nullable RequestTally watch) {

    /** What requests say that have no options of their own. */
    static RequestContext plain(Config config) {
        ContextEncoder encoder = new ContextEncoder();
        String source = config.requestSource();
        if (source != null && !source.isEmpty()) {
            encoder.requestSource(source);
        }
        return new RequestContext(encoder.encode(), null);
    }

    /** What one transaction says. */
    static RequestContext of(TxnEngine engine, TransactionOptions options) {
        RequestTags tags = options.tags();
        ContextEncoder encoder = new ContextEncoder()
                .resourceGroupTag(tags.resourceGroupTag())
                .txnSource(tags.source())
                .diskFullOpt(tags.diskFull().number())
                .syncLog(tags.syncLog());
        if (!tags.resourceGroup().isEmpty()) {
            encoder.resourceGroup(tags.resourceGroup());
        }
        if (options.priority() != CommandPriority.NORMAL) {
            encoder.priority(options.priority().number());
        }
        String source = options.requestSource() == null ? engine.config().requestSource() : options.requestSource();
        if (source != null && !source.isEmpty()) {
            encoder.requestSource(source);
        }
        boolean isWatched = options.commitListener() != null || options.requestListener() != null;
        return new RequestContext(
                encoder.encode(), isWatched ? new RequestTally(options.requestListener(), engine.slowPath()) : null);
    }

    /** How one transaction reads. */
    static SnapshotOptions reads(TransactionOptions options, Duration timeout) {
        RequestTags tags = options.tags();
        SnapshotOptions reads = SnapshotOptions.DEFAULT
                .withTimeout(timeout)
                .withPriority(options.priority())
                .withRequestSource(options.requestSource());
        return tags.equals(RequestTags.NONE)
                ? reads
                : reads.withResourceGroup(tags.resourceGroup().isEmpty() ? null : tags.resourceGroup())
                        .withResourceGroupTag(tags.resourceGroupTag());
    }

    /** For requests that nobody waits for. */
    RequestContext inBackground() {
        return watch == null ? this : new RequestContext(encoded, watch.apart());
    }
}
