package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.codec.key.KeySpace;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Asks PD anew about regions that are in use and whose picture has become old, while they are served as they
 * are known: nobody waits for it, and should PD not answer they go on being served (REG-02).
 */
final class SoftReload {
    private static final Logger LOG = LoggerFactory.getLogger(SoftReload.class);

    /** Requests to PD at once; a region beyond them is reloaded at a later use. */
    static final int MAX_UNDERWAY = 16;

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);

    private final PlacementDriver pd;
    private final KeySpace keySpace;
    private final Function<List<io.tikvdirect.proto.pdpb.Region>, CompletableFuture<Void>> entry;
    private final AtomicInteger underway = new AtomicInteger();
    private final LongAdder begun = new LongAdder();

    SoftReload(
            final PlacementDriver pd,
            final KeySpace keySpace,
            final Function<List<io.tikvdirect.proto.pdpb.Region>, CompletableFuture<Void>> entry) {
        this.pd = pd;
        this.keySpace = keySpace;
        this.entry = entry;
    }

    /** A region is used that is due for a reload; whoever moves its date on does it. */
    void onDue(final Region region, final int tick) {
        if (underway.get() >= MAX_UNDERWAY || !region.postponeReload(tick)) {
            return;
        }
        underway.incrementAndGet();
        begun.increment();
        final long deadlineNs = System.nanoTime() + DEADLINE_NS;
        final CompletableFuture<?> unused = pd.getRegion(keySpace.regionKey(region.start()), deadlineNs)
                .thenCompose(found -> entry.apply(found.map(List::of).orElse(List.of())))
                .whenComplete((nothing, failure) -> {
                    underway.decrementAndGet();
                    if (failure != null) {
                        LOG.debug("{} could not be reloaded and is used as it is: {}", region, failure.toString());
                    }
                });
    }

    /** How many reloads there were. */
    long begun() {
        return begun.sum();
    }
}
