package io.tikvdirect.embedded.internal.data;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Thread-safe. The raw pairs of the whole cluster, one ordered map per column family, shared by all stores: with one
 * linearizable space no Raft is needed, leadership alone decides which store serves which part of it.
 *
 * <p>Readers take a snapshot without a lock. Writers of one column family take turns, each change becoming visible as a
 * whole: a batch is atomic, as one Raft entry is.
 */
public final class RawSpace {
    /** The column families which raw commands can name. */
    public enum ColumnFamily {
        DEFAULT,
        LOCK,
        WRITE
    }

    private static final class Family {
        volatile SortedSnapshot<RawValue> pairs = SortedSnapshot.empty();
    }

    private final Map<ColumnFamily, Family> families = new EnumMap<>(ColumnFamily.class);

    /** A space without pairs. */
    public RawSpace() {
        for (ColumnFamily name : ColumnFamily.values()) {
            families.put(name, new Family());
        }
    }

    /** The pairs as of now. */
    public SortedSnapshot<RawValue> snapshot(ColumnFamily name) {
        return family(name).pairs;
    }

    /** Replaces the pairs by what {@code change} makes of them, atomically; {@code change} runs once and is short. */
    public void update(ColumnFamily name, UnaryOperator<SortedSnapshot<RawValue>> change) {
        Family family = family(name);
        synchronized (family) {
            family.pairs = change.apply(family.pairs);
        }
    }

    /** Removes the keys from {@code start} to below {@code end} from every column family, without any region check. */
    public void destroyRange(byte[] start, byte[] end) {
        Collection<ColumnFamily> names = families.keySet();
        for (ColumnFamily name : names) {
            update(name, pairs -> pairs.withoutRange(start, end));
        }
    }

    private Family family(ColumnFamily name) {
        Family family = families.get(name);
        if (family == null) {
            throw new IllegalStateException("no column family " + name);
        }
        return family;
    }
}
