package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.RawSpace;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.Context;
import org.jspecify.annotations.Nullable;

/** Thread-safe. What the raw commands of one store have in common: regions, keys, time, and the pairs. */
final class RawAccess {
    /** TiKV's default {@code raftstore.raft-entry-max-size}. */
    private static final long MAX_ENTRY_BYTES = 8L << 20;

    private final StoreParts parts;
    private final StoreKeys keys;
    private final RawRules rules;
    private final RegionCheck check;

    RawAccess(StoreParts parts, RegionCheck check) {
        this.parts = parts;
        this.keys = new StoreKeys(parts.apiVersion());
        this.rules = new RawRules(parts.apiVersion());
        this.check = check;
    }

    RawRules rules() {
        return rules;
    }

    StoreKeys keys() {
        return keys;
    }

    RegionCheck check() {
        return check;
    }

    CoprocessorPlugins coprocessors() {
        return parts.coprocessors();
    }

    RawSpace space() {
        return parts.raw();
    }

    Region reading(Context context) throws RegionErrorException {
        return check.atReader(context);
    }

    Region writing(Context context) throws RegionErrorException {
        return check.atLeader(context);
    }

    long nowSecond() {
        return parts.clock().millis() / 1000;
    }

    SortedSnapshot<RawValue> pairs(ColumnFamily family) {
        return parts.raw().snapshot(family);
    }

    /** The living value of a stored key, or null. */
    @Nullable
    RawValue living(SortedSnapshot<RawValue> pairs, byte[] stored) {
        RawValue value = pairs.get(stored);
        return value != null && value.isAlive(nowSecond()) ? value : null;
    }

    /** A value that expires in {@code ttl} seconds; 0 = never, past the end of time = at its end. */
    RawValue expiring(ByteString bytes, long ttl) {
        if (ttl == 0) {
            return new RawValue(bytes, 0);
        }
        long expiresAt = nowSecond() + ttl;
        return new RawValue(bytes, Long.compareUnsigned(expiresAt, ttl) < 0 ? -1L : expiresAt);
    }

    /** Point reads answer a foreign key by an error text on V1 and by a region error on V2 (SURPRISES 10). */
    void requireReadable(byte[] stored, Region region) throws RegionErrorException, CommandErrorException {
        if (!region.contains(stored)) {
            if (keys.areEncoded()) {
                throw RegionErrors.keyNotInRegion(stored, region);
            }
            throw new CommandErrorException(RegionErrors.outside(stored, region));
        }
    }

    void requireWritable(byte[] stored, Region region) throws RegionErrorException {
        if (!region.contains(stored)) {
            throw RegionErrors.keyNotInRegion(
                    keys.proposed(stored, parts.timestamps().getAsLong()), region);
        }
    }

    void requireEntrySize(long bytes, Region region) throws RegionErrorException {
        if (bytes > MAX_ENTRY_BYTES) {
            throw RegionErrors.raftEntryTooLarge(region, bytes);
        }
    }
}
