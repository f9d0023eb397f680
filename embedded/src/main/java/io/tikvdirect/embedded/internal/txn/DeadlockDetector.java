package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Confined to the holder of the space's write lock. Which transaction waits for which, over the whole cluster. A wait
 * that would close a circle is not taken up; the answer is the chain of waits from the one asked for back to the asker.
 */
final class DeadlockDetector {
    /**
     * Immutable. One transaction waits for another at a key.
     *
     * @param tag the waiter's resource group
     */
    record Wait(long txn, long waitFor, TxnKey key, ByteString tag) {
        WaitForEntry entry() {
            return WaitForEntry.newBuilder()
                    .setTxn(txn)
                    .setWaitForTxn(waitFor)
                    .setKey(key.user())
                    .setKeyHash(keyHash())
                    .setResourceGroupTag(tag)
                    .build();
        }

        long keyHash() {
            return KeyHash.of(key.user().toByteArray());
        }
    }

    /** waiter, holder, the waits between them in the order of their beginning. */
    private final Map<Long, Map<Long, List<Wait>>> waits = new HashMap<>();

    /** Takes the wait up and gives null, or gives the circle that it would close, the asked wait last. */
    @Nullable
    List<Wait> begin(Wait wait) {
        Map<Long, List<Wait>> holders = waits.get(wait.txn);
        List<Wait> same = holders == null ? null : holders.get(wait.waitFor);
        if (same == null) {
            List<Wait> path = path(wait.waitFor, wait.txn);
            if (path != null) {
                path.add(wait);
                return path;
            }
            same = waits.computeIfAbsent(wait.txn, txn -> new LinkedHashMap<>())
                    .computeIfAbsent(wait.waitFor, holder -> new ArrayList<>());
        }
        same.add(wait);
        return null;
    }

    /** The wait is over. */
    void end(Wait wait) {
        Map<Long, List<Wait>> holders = waits.get(wait.txn);
        List<Wait> same = holders == null ? null : holders.get(wait.waitFor);
        if (holders == null || same == null) {
            return;
        }
        same.remove(wait);
        if (same.isEmpty()) {
            holders.remove(wait.waitFor);
        }
        if (holders.isEmpty()) {
            waits.remove(wait.txn);
        }
    }

    private @Nullable List<Wait> path(long from, long to) {
        Map<Long, Wait> reachedBy = new HashMap<>();
        Deque<Long> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            long txn = open.pop();
            for (List<Wait> between : waits.getOrDefault(txn, Map.of()).values()) {
                Wait wait = between.get(0);
                if (wait.waitFor != from && reachedBy.putIfAbsent(wait.waitFor, wait) == null) {
                    open.push(wait.waitFor);
                }
                if (wait.waitFor == to) {
                    return trace(reachedBy, from, to);
                }
            }
        }
        return null;
    }

    private static List<Wait> trace(Map<Long, Wait> reachedBy, long from, long to) {
        List<Wait> path = new ArrayList<>();
        long at = to;
        do {
            Wait wait = reachedBy.get(at);
            if (wait == null) {
                throw new IllegalStateException("no way back from " + at + " to " + from);
            }
            path.add(wait);
            at = wait.txn;
        } while (at != from);
        Collections.reverse(path);
        return path;
    }
}
