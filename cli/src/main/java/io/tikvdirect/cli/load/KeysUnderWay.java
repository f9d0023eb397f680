package io.tikvdirect.cli.load;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * Confined to whoever holds the window's lock. Tells whether a batch has a key in common with one under way.
 *
 * <p>As long as the source is sorted, the batches' ranges of keys tell it. From the first batch on whose range does not, the
 * keys' hashes are kept; then two different keys of equal hash count as one, which costs a wait and nothing else.
 */
final class KeysUnderWay {
    private final List<Batch> batches = new ArrayList<>();
    private final LongHashSet hashes = new LongHashSet();
    private boolean sorted = true;

    /** Whether a batch, which is not under way itself, has a key in common with one that is. */
    boolean haveAnyOf(Batch batch) {
        if (sorted && isApart(batch)) {
            return false;
        }
        keepHashes();
        for (int i = 0; i < batch.size(); i++) {
            if (hashes.contains(batch.hash(i))) {
                return true;
            }
        }
        return false;
    }

    /** A batch that has no key in common with others is under way. */
    void add(Batch batch) {
        batches.add(batch);
        if (!sorted) {
            addHashes(batch);
        }
    }

    /** A batch is no longer under way. */
    void remove(Batch batch) {
        batches.remove(batch);
        if (!sorted) {
            for (int i = 0; i < batch.size(); i++) {
                hashes.remove(batch.hash(i));
            }
        }
    }

    private boolean isApart(Batch batch) {
        if (batch.size() == 0) {
            return true;
        }
        for (Batch other : batches) {
            if (!batch.isAscending() || !other.isAscending() || (other.size() > 0 && batch.overlaps(other))) {
                return false;
            }
        }
        return true;
    }

    private void keepHashes() {
        if (sorted) {
            sorted = false;
            batches.forEach(this::addHashes);
        }
    }

    private void addHashes(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            hashes.add(batch.hash(i));
        }
    }
}
