package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.embedded.internal.topology.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Confined to the command that holds the space's write lock. What the command has seen and wants to change: it reads
 * the keys as they were before it, except where {@link #pending} says otherwise, and its changes are published together
 * or not at all.
 */
public final class Workspace {
    /**
     * Immutable. A lock that was removed.
     *
     * @param key the key
     * @param startTs the holder
     * @param commitTs where it was committed, 0 = it was not
     */
    record Released(TxnKey key, long startTs, long commitTs) {}

    private final MvccSpace.State base;
    private final Region region;
    private final MaxTs maxTs;
    private final long safePoint;
    private final TreeMap<byte[], KeyRecord> changes = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Released> released = new ArrayList<>();
    private final List<TxnKey> acquired = new ArrayList<>();

    Workspace(MvccSpace.State base, Region region, MaxTs maxTs, long safePoint) {
        this.base = base;
        this.region = region;
        this.maxTs = maxTs;
        this.safePoint = safePoint;
    }

    MaxTs maxTs() {
        return maxTs;
    }

    MvccSpace.State base() {
        return base;
    }

    Region region() {
        return region;
    }

    /**
     * The record before this command.
     *
     * @throws TxnException when the key lies outside of the region
     */
    KeyRecord read(TxnKey key) throws TxnException {
        requireInside(key, region);
        return base.get(key.stored());
    }

    /** As recorded: transactional commands have no region error for a foreign key (SURPRISES 10). */
    static void requireInside(TxnKey key, Region region) throws TxnException {
        if (!region.contains(key.stored())) {
            throw TxnException.aborted("key " + Keys.hex(key.stored()) + " is out of region " + region.id());
        }
    }

    /** The record with what this command has changed. */
    KeyRecord pending(TxnKey key) throws TxnException {
        KeyRecord changed = changes.get(key.stored());
        return changed == null ? read(key) : changed;
    }

    boolean hasChanged(TxnKey key) {
        return changes.containsKey(key.stored());
    }

    /** Locks a key anew or changes its lock. */
    void putLock(TxnKey key, TxnLock lock, boolean isNew) throws TxnException {
        changes.put(key.stored(), pending(key).withLock(lock));
        if (isNew) {
            acquired.add(key);
        }
    }

    /** Changes the locks that share a key; nobody left = it is released. */
    void putShared(TxnKey key, SharedLocks locks, long leaverTs, long commitTs) throws TxnException {
        changes.put(key.stored(), pending(key).withShared(locks));
        if (locks.isEmpty()) {
            released.add(new Released(key, leaverTs, commitTs));
        }
    }

    void unlock(TxnKey key, long startTs, long commitTs) throws TxnException {
        changes.put(key.stored(), pending(key).unlocked());
        released.add(new Released(key, startTs, commitTs));
    }

    void putVersion(TxnKey key, Version version) throws TxnException {
        KeyRecord record = pending(key);
        Version chain = Versions.with(record.newest(), version);
        changes.put(key.stored(), record.withVersions(safePoint == 0 ? chain : Versions.collect(chain, safePoint)));
    }

    void deleteVersion(TxnKey key, long commitTs) throws TxnException {
        KeyRecord record = pending(key);
        changes.put(key.stored(), record.withVersions(Versions.without(record.newest(), commitTs)));
    }

    /** Forgets all changes. */
    void clear() {
        changes.clear();
        released.clear();
        acquired.clear();
    }

    Map<byte[], KeyRecord> changes() {
        return changes;
    }

    List<Released> released() {
        return released;
    }

    List<TxnKey> acquired() {
        return acquired;
    }
}
