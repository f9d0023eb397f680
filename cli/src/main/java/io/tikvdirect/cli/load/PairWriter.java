package io.tikvdirect.cli.load;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Thread-safe. Writes pairs; writing them again does no harm. */
@FunctionalInterface
interface PairWriter {
    /** Writes pairs; of those with equal keys the last wins. */
    CompletionStage<?> write(List<KvPair> pairs);

    /**
     * Writes the pairs of a batch, which must stay as it is until the stage is complete; of those with equal keys the last
     * wins.
     */
    default CompletionStage<?> write(Batch batch) {
        return write(batch.copyOfPairs());
    }

    /** Raw writes; a batch that fails may be written in part. */
    static PairWriter raw(TikvClient client) {
        return new RawPairWriter(client.raw());
    }

    /** A transaction for each batch. */
    static PairWriter transactional(TikvClient client) {
        AsyncTransactionClient transactions = client.transactions().async();
        return pairs -> transactions.run(TransactionOptions.DEFAULT, txn -> {
            for (KvPair pair : pairs) {
                byte[] value = pair.value();
                txn.put(pair.key(), value == null ? new byte[0] : value);
            }
            return CompletableFuture.completedFuture(true);
        });
    }
}
