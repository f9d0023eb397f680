package io.tikvdirect.client.internal;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.WarmUpReport;
import io.tikvdirect.client.internal.region.RegionPreload.Preloaded;
import io.tikvdirect.client.internal.region.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One {@link io.tikvdirect.client.TikvClient#warmUp}: regions range after range, meanwhile the stream of
 * timestamps, then the connections. PD sees one request for regions at a time, so a warm-up of many clients at once does
 * not overrun it.
 */
final class WarmUp {

    private final ClientParts parts;
    private final long deadlineNs;
    private final Map<Long, String> unreachable = new ConcurrentHashMap<>();

    WarmUp(ClientParts parts, long deadlineNs) {
        this.parts = parts;
        this.deadlineNs = deadlineNs;
    }

    CompletableFuture<WarmUpReport> run(List<KeyRange> ranges) {
        CompletableFuture<Long> timestamp = parts.oracle().timestamp(deadlineNs);
        CompletableFuture<Preloaded> regions = regions(List.copyOf(ranges));
        return regions.thenCompose(loaded -> connections(ranges.isEmpty() ? null : loaded.leaders())
                .thenCombine(timestamp, (connected, ignored) -> report(loaded.regions(), connected)));
    }

    private CompletableFuture<Preloaded> regions(List<KeyRange> ranges) {
        CompletableFuture<Preloaded> all = CompletableFuture.completedFuture(new Preloaded(0, Set.of()));
        for (KeyRange range : ranges) {
            all = all.thenCompose(before -> range.isEmpty()
                    ? CompletableFuture.completedFuture(before)
                    : parts.regions().preload(range, deadlineNs).thenApply(loaded -> sum(before, loaded)));
        }
        return all;
    }

    private static Preloaded sum(Preloaded left, Preloaded right) {
        Set<Long> leaders = new HashSet<>(left.leaders());
        leaders.addAll(right.leaders());
        return new Preloaded(left.regions() + right.regions(), leaders);
    }

    /** Connects to the stores with these ids, or to all; gives how many are connected. */
    private CompletableFuture<Integer> connections(@Nullable Set<Long> ids) {
        return parts.stores().refresh(deadlineNs).thenCompose(nothing -> {
            List<CompletableFuture<Boolean>> connected = new ArrayList<>();
            for (Store store : parts.stores().all()) {
                if (store.isResolved() && (ids == null || ids.contains(store.id()))) {
                    connected.add(connection(store));
                }
            }
            return CompletableFuture.allOf(connected.toArray(new CompletableFuture<?>[0]))
                    .thenApply(all -> (int)
                            connected.stream().filter(CompletableFuture::join).count());
        });
    }

    private CompletableFuture<Boolean> connection(Store store) {
        CompletableFuture<Void> connected = inTime(parts.channels().connect(store));
        return connected.handle((nothing, failure) -> {
            if (failure != null) {
                unreachable.put(store.id(), why(failure));
            }
            return failure == null;
        });
    }

    /** A stage that also ends at the deadline. */
    private CompletableFuture<Void> inTime(CompletableFuture<Void> stage) {
        CompletableFuture<Void> bounded = new CompletableFuture<>();
        var unused = stage.whenComplete((nothing, failure) -> {
            if (failure == null) {
                bounded.complete(null);
            } else {
                bounded.completeExceptionally(failure);
            }
        });
        try {
            var timer = parts.control()
                    .schedule(
                            () -> bounded.completeExceptionally(
                                    new TimeoutException("no connection before the deadline")),
                            Math.max(0, deadlineNs - System.nanoTime()),
                            TimeUnit.NANOSECONDS);
            var unusedToo = bounded.whenComplete((nothing, failure) -> timer.cancel(false));
        } catch (RejectedExecutionException loopEnded) {
            bounded.completeExceptionally(loopEnded);
        }
        return bounded;
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    private WarmUpReport report(int regions, int connected) {
        return new WarmUpReport(Math.min(regions, parts.config().regionsMax()), connected, unreachable);
    }
}
