package io.tikvdirect.embedded.internal.pd;

import io.grpc.Status;
import io.tikvdirect.proto.pdpb.Timestamp;
import java.time.InstantSource;

/**
 * Thread-safe. Gives timestamps that only grow: 46 bits of milliseconds, 18 bits counting within them. As in PD the
 * physical part moves in steps of 50 ms, earlier only when the logical part overflows.
 */
public final class TimestampOracle {
    /** How many bits of a timestamp are its logical part. */
    public static final int LOGICAL_BITS = 18;

    private static final int MAX_LOGICAL = 1 << LOGICAL_BITS;
    private static final long STEP_MS = 50;

    private final InstantSource clock;
    private long physicalMs;
    private int logical;

    /** An oracle that follows {@code clock}, but never goes back with it. */
    public TimestampOracle(InstantSource clock) {
        this.clock = clock;
        this.physicalMs = clock.millis();
    }

    /**
     * Takes {@code count} timestamps and gives the last of them.
     *
     * @param count unsigned
     * @throws io.grpc.StatusRuntimeException UNKNOWN for none or for more than there are in a millisecond
     */
    public synchronized Timestamp lastOf(int count) {
        if (count == 0) {
            throw refused("the count must be positive");
        }
        if (count < 0 || count >= MAX_LOGICAL) {
            throw refused("the count is too large: " + Integer.toUnsignedString(count));
        }
        long nowMs = clock.millis();
        if (nowMs >= physicalMs + STEP_MS) {
            physicalMs = nowMs;
            logical = 0;
        }
        if (logical + count >= MAX_LOGICAL) {
            physicalMs++;
            logical = 0;
        }
        logical += count;
        return Timestamp.newBuilder()
                .setPhysical(physicalMs)
                .setLogical(logical)
                .build();
    }

    /** One timestamp as a number. */
    public long next() {
        return number(lastOf(1));
    }

    /** A timestamp as a number. */
    static long number(Timestamp timestamp) {
        return (timestamp.getPhysical() << LOGICAL_BITS) + timestamp.getLogical();
    }

    private static RuntimeException refused(String why) {
        return Status.UNKNOWN
                .withDescription("generate timestamp failed, " + why)
                .asRuntimeException();
    }
}
