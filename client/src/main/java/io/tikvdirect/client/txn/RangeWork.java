package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import java.util.concurrent.CompletionStage;

/** Work on one part of a range of keys; several parts may be worked on at once, by any threads. */
@FunctionalInterface
public interface RangeWork {

    /**
     * Begins to work on a part. Must not block.
     *
     * @param part not empty; parts do not overlap, and together they are the range
     * @return completes with how many regions that were, or fails, which stops the whole
     */
    CompletionStage<Long> on(KeyRange part);
}
