package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.codec.kv.RawRangeBodies;

/**
 * Immutable. Writes the coprocessor request of one region. The caller's function makes the region's input anew each time,
 * because a retry may concern another part.
 */
record CoprocessorWriter(RawView view, RawCoprocessorRequest request) implements RegionWalk.PartWriter {

    private static final int FIRST_GUESS = 1_024;

    @Override
    public int maxSize(KeyRange part) {
        return FIRST_GUESS;
    }

    @Override
    public void write(ByteBuf body, KeyRange part) {
        view.ranges.writeCoprocessorRange(body, part.start(), part.end());
        RawRangeBodies.finishCoprocessor(
                body,
                request.plugin(),
                request.versionRequirement(),
                request.input().apply(part));
    }
}
