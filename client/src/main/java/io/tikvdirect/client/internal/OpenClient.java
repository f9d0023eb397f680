package io.tikvdirect.client.internal;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.ClientMetrics;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.RegionInfo;
import io.tikvdirect.client.StoreInfo;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.WarmUpReport;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.txn.TransactionsFace;
import io.tikvdirect.client.internal.txn.TxnEngine;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.codec.key.KeySpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. An open client: hands out the faces, and takes everything apart again.
 *
 * <p>Closing goes from the outside in, so that every operation still has whoever completes it: no new operations; those in
 * flight get {@code close.timeout}; then back-offs, links and look-ups fail theirs; then threads end, and the memory goes
 * last.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
final class OpenClient implements TikvClient {

    private static final Logger LOG = LoggerFactory.getLogger(OpenClient.class);
    private static final long LINKS_CLOSE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_IDLE_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final ClientParts parts;
    private final RawClient raw;
    private final Supplier<TxnEngine> txnMaker;
    private final ReentrantLock txnGuard = new ReentrantLock();
    private volatile @Nullable TxnEngine txns;
    private @Nullable TransactionClient transactions;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    OpenClient(ClientParts parts, RawClient raw, Supplier<TxnEngine> txnMaker) {
        this.parts = parts;
        this.raw = raw;
        this.txnMaker = txnMaker;
        parts.control().scheduleAtFixedRate(this::onTick, 1, 1, TimeUnit.SECONDS);
        long intervalNs = parts.config().storesInterval().toNanos();
        long idleNs = parts.config().storeIdleTimeout().toNanos();
        if (idleNs > 0) {
            long periodNs = Math.max(SHORTEST_IDLE_CHECK_NS, idleNs / 4);
            parts.control()
                    .scheduleAtFixedRate(parts.channels()::recycleIdle, periodNs, periodNs, TimeUnit.NANOSECONDS);
        }
        parts.control().scheduleAtFixedRate(this::refreshStores, intervalNs, intervalNs, TimeUnit.NANOSECONDS);
        long refreshNs = parts.config().regionsRefreshInterval().toNanos();
        if (refreshNs > 0) {
            parts.control().scheduleAtFixedRate(this::refreshRegions, refreshNs, refreshNs, TimeUnit.NANOSECONDS);
        }
    }

    private void refreshRegions() {
        parts.regions().refresh();
        TxnEngine made = txns;
        if (made != null) {
            made.regions().refresh();
        }
    }

    private void onTick() {
        parts.regions().onTick();
        TxnEngine made = txns;
        if (made != null) {
            made.onTick();
        }
    }

    private void refreshStores() {
        parts.stores().refresh(deadlineNs()).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("the list of stores could not be refreshed: {}", failure.toString());
            }
        });
    }

    private long deadlineNs() {
        return System.nanoTime() + parts.config().timeout().toNanos();
    }

    @Override
    public RawClient raw() {
        return raw;
    }

    @Override
    public TransactionClient transactions() {
        if (parts.config().api() == ApiVersion.V1TTL) {
            throw new UnsupportedFeatureException(
                    "stores of API V1TTL serve no transactions", FailureDetails.NONE, null);
        }
        txnGuard.lock();
        try {
            TransactionClient made = transactions;
            if (made == null) {
                if (closing.get()) {
                    throw ClientAssembly.closed();
                }
                TxnEngine engine = txnMaker.get();
                made = new TransactionsFace(engine, keys -> splitRegions(engine.keySpace(), keys));
                txns = engine;
                transactions = made;
            }
            return made;
        } finally {
            txnGuard.unlock();
        }
    }

    @Override
    public long clusterId() {
        return parts.clusterId();
    }

    @Override
    public long timestamp() {
        long deadlineNs = deadlineNs();
        return await(parts.oracle().timestamp(deadlineNs), deadlineNs);
    }

    @Override
    public CompletionStage<Long> timestampAsync() {
        return closing.get()
                ? CompletableFuture.failedFuture(ClientAssembly.closed())
                : parts.oracle().timestamp(deadlineNs());
    }

    private <T> T await(CompletableFuture<T> stage, long deadlineNs) {
        if (closing.get()) {
            throw ClientAssembly.closed();
        }
        if (ClientAssembly.isOwnLoop(parts.loops())) {
            throw new IllegalStateException("a blocking call on one of the client's event loops would wait for itself");
        }
        return ClientAssembly.await(stage, deadlineNs);
    }

    @Override
    public List<RegionInfo> regions(KeyRange range) {
        long deadlineNs = deadlineNs();
        RegionListing listing = new RegionListing(parts.pd(), parts.keySpace(), deadlineNs);
        return await(listing.list(range), deadlineNs);
    }

    @Override
    public List<KeyRange> parts(KeyRange range) {
        long deadlineNs = deadlineNs();
        List<KeyRange> cut = new ArrayList<>();
        byte[] start = range.start();
        boolean isLast = range.isEmpty();
        while (!isLast) {
            Region region = await(parts.regions().load(start, deadlineNs), deadlineNs);
            cut.addAll(parts.regions().cut(region, range));
            start = region.end();
            isLast = start.length == 0 || (range.end().length > 0 && Arrays.compareUnsigned(start, range.end()) >= 0);
        }
        return cut;
    }

    @Override
    public List<Long> splitRegions(List<byte[]> keys) {
        return splitRegions(parts.keySpace(), keys);
    }

    private List<Long> splitRegions(KeySpace keySpace, List<byte[]> keys) {
        SortedSet<byte[]> borders = new TreeSet<>(Arrays::compareUnsigned);
        borders.addAll(keys);
        if (borders.isEmpty()) {
            return List.of();
        }
        if (borders.first().length == 0) {
            throw new InvalidArgumentException("a region cannot be split at the empty key");
        }
        long deadlineNs = deadlineNs();
        removeExisting(keySpace, borders, deadlineNs);
        if (borders.isEmpty()) {
            return List.of();
        }
        List<byte[]> regionKeys = borders.stream().map(keySpace::regionKey).toList();
        return await(parts.pd().splitRegions(regionKeys, deadlineNs), deadlineNs);
    }

    /**
     * Leaves out the keys at which a region begins already. A real PD cannot tell them from splits that fail: it tries
     * several times, waits each time, and reports them as not done; a key named twice it waits for without an end.
     */
    private void removeExisting(KeySpace keySpace, SortedSet<byte[]> borders, long deadlineNs) {
        byte[] last = borders.last();
        KeyRange range = KeyRange.of(borders.first(), Arrays.copyOf(last, last.length + 1));
        RegionListing listing = new RegionListing(parts.pd(), keySpace, deadlineNs);
        for (RegionInfo region : await(listing.list(range), deadlineNs)) {
            borders.remove(region.range().start());
        }
    }

    @Override
    public List<StoreInfo> stores() {
        long deadlineNs = deadlineNs();
        return await(parts.pd().getAllStores(deadlineNs), deadlineNs).stream()
                .map(RegionListing::storeInfo)
                .sorted(Comparator.comparingLong(StoreInfo::id))
                .toList();
    }

    @Override
    public WarmUpReport warmUp(List<KeyRange> ranges, @Nullable Duration timeout) {
        long deadlineNs = deadlineNs(timeout);
        WarmUpReport report = await(new WarmUp(parts, deadlineNs).run(ranges), deadlineNs);
        if (canRehearse(report)) {
            Rehearsal.of(raw, ranges, deadlineNs).block();
        }
        return report;
    }

    @Override
    public CompletionStage<WarmUpReport> warmUpAsync(List<KeyRange> ranges, @Nullable Duration timeout) {
        if (closing.get()) {
            return CompletableFuture.failedFuture(ClientAssembly.closed());
        }
        long deadlineNs = deadlineNs(timeout);
        return new WarmUp(parts, deadlineNs)
                .run(ranges)
                .thenCompose(report -> canRehearse(report)
                        ? Rehearsal.of(raw, ranges, deadlineNs).start().thenApply(done -> report)
                        : CompletableFuture.completedFuture(report));
    }

    /** A store that does not answer would only take the caller's time. */
    private static boolean canRehearse(WarmUpReport report) {
        return report.regions() > 0 && report.unreachable().isEmpty();
    }

    private long deadlineNs(@Nullable Duration timeout) {
        return timeout == null ? deadlineNs() : System.nanoTime() + timeout.toNanos();
    }

    @Override
    public ClientMetrics metrics() {
        return new ClientMetrics(
                parts.pool().inUse(),
                parts.pool().capacity(),
                parts.sleepers().backoffs(),
                parts.slowPath().timeouts(),
                parts.slowPath().listenerFailures(),
                parts.memory().reservedBytes(),
                parts.slowPath().punctuality().worstOverrunNs(),
                parts.slowPath().punctuality().worstDelayNs(),
                parts.pd().circuitOpenings(),
                parts.pd().circuitRefusals(),
                parts.slowPath().slowRequests().slow(),
                parts.slowPath().slowRequests().hanging(),
                parts.slowPath().slowRequests().failed(),
                parts.channels().metrics());
    }

    @Override
    public void close() {
        boolean onOwnLoop = ClientAssembly.isOwnLoop(parts.loops());
        if (!closing.compareAndSet(false, true)) {
            awaitClosed(onOwnLoop);
            return;
        }
        parts.pool().refuseNew();
        if (onOwnLoop) {
            Thread closer = new Thread(this::closeAll, "tikv-direct-close");
            closer.setDaemon(true);
            closer.start();
        } else {
            closeAll();
        }
    }

    private void awaitClosed(boolean onOwnLoop) {
        try {
            if (!onOwnLoop) {
                closed.await();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAll() {
        TxnEngine made = engineToClose();
        try {
            if (made != null) {
                made.abandonOpen();
            }
            awaitIdle(parts.config().closeTimeout().toNanos());
            if (made != null) {
                made.stop();
            }
            parts.sleepers().close();
            parts.channels().close(LINKS_CLOSE_NS);
            parts.regions().close();
            parts.oracle().close();
            parts.pd().close();
            awaitIdle(LINKS_CLOSE_NS);
            parts.loops().close();
            if (made != null) {
                made.close();
            }
            parts.pool().close();
            parts.memory().close();
        } finally {
            closed.countDown();
        }
    }

    /** After this nobody makes one. */
    private @Nullable TxnEngine engineToClose() {
        txnGuard.lock();
        try {
            return txns;
        } finally {
            txnGuard.unlock();
        }
    }

    private boolean isIdle() {
        TxnEngine made = txns;
        return parts.pool().inUse() == 0 && (made == null || made.isIdle());
    }

    /** Interrupting the closing thread ends the waiting and not the closing. */
    private void awaitIdle(long timeoutNs) {
        long endNs = System.nanoTime() + timeoutNs;
        while (!isIdle() && System.nanoTime() - endNs < 0) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
