package io.tikvdirect.embedded.internal.txn;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Confined to the holder of the space's write lock. Which transactions were committed lately: a prewrite of one of them is
 * a repetition even if it does not say so. Bounded, the oldest are forgotten.
 */
final class CommittedTxns {
    private static final int CAPACITY = 4096;

    private final Map<Long, Boolean> starts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > CAPACITY;
        }
    };

    void add(long startTs) {
        starts.put(startTs, true);
    }

    boolean contains(long startTs) {
        return starts.containsKey(startTs);
    }
}
