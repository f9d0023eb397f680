package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.embedded.internal.topology.Region;

/** Immutable. Ranges of requests, cut to a region. */
final class TxnRange {
    private TxnRange() {}

    /** The stored form of a range's start; the region's start when that is later or the range has none. */
    static byte[] start(ByteString user, Region region) {
        return user.isEmpty() ? region.start() : Keys.max(stored(user), region.start());
    }

    /** The stored form of a range's end; the region's end when that is earlier or the range has none. */
    static byte[] end(ByteString user, Region region) {
        return user.isEmpty() ? region.end() : Keys.minEnd(stored(user), region.end());
    }

    static byte[] stored(ByteString user) {
        return Memcomparable.encode(user.toByteArray());
    }
}
