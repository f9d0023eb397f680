package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.txn.RequestTags;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.kv.ContextEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What all requests of a transaction say beside their work, and who sees them (TXN-17).
 *
 * @param encoded fields of {@code kvrpcpb.Context} beyond the region's
 * @param watch sees the requests; null: nobody
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
record RequestContext(byte[] encoded, @Nullable RequestTally watch) {

    /** What one transaction says. */
    static RequestContext of(TxnEngine engine, TransactionOptions options) {
        ContextEncoder encoder = new ContextEncoder();
        add(encoder, engine, options.priority(), options.requestSource());
        add(encoder, options.tags(), true);
        boolean isWatched = options.commitListener() != null || options.requestListener() != null;
        return new RequestContext(
                encoder.encode(), isWatched ? new RequestTally(options.requestListener(), engine.slowPath()) : null);
    }

    /** For requests that nobody waits for. */
    RequestContext inBackground() {
        return watch == null ? this : new RequestContext(encoded, watch.apart());
    }

    /** Adds to a context what is not at its default. */
    static void add(ContextEncoder encoder, TxnEngine engine, CommandPriority priority, @Nullable String source) {
        if (priority != CommandPriority.NORMAL) {
            encoder.priority(priority.number());
        }
        String named = source == null ? engine.config().requestSource() : source;
        if (named != null && !named.isEmpty()) {
            encoder.requestSource(named);
        }
    }

    /** Adds tags to a context; those that are about writing have no meaning for reads. */
    static void add(ContextEncoder encoder, RequestTags tags, boolean writes) {
        if (!tags.resourceGroup().isEmpty()) {
            encoder.resourceGroup(tags.resourceGroup());
        }
        encoder.resourceGroupTag(tags.resourceGroupTag());
        if (writes) {
            encoder.txnSource(tags.source());
            encoder.diskFullOpt(tags.diskFull().number());
            encoder.syncLog(tags.syncLog());
        }
    }
}
