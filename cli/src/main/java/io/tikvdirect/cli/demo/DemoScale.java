package io.tikvdirect.cli.demo;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Immutable. How much the demo does.
 *
 * @param pairs pairs to load
 * @param readNs how long to read under disturbance
 * @param transferNs how long to transfer
 */
record DemoScale(int pairs, long readNs, long transferNs) {
    /** About a minute. */
    static final DemoScale WHOLE = new DemoScale(1_000_000, TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(8));

    /** A few seconds, for checks. */
    static final DemoScale QUICK =
            new DemoScale(40_000, TimeUnit.MILLISECONDS.toNanos(1_500), TimeUnit.SECONDS.toNanos(1));

    /** Keys at which to split so that the pairs lie in so many regions, evenly. */
    List<byte[]> boundaries(int regions) {
        return IntStream.range(1, regions)
                .mapToObj(i -> DemoData.key((int) ((long) pairs * i / regions)))
                .toList();
    }
}
