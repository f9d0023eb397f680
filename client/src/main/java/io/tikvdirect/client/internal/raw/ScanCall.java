package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Owned by one thread at a time, together with its operation. Reads one page of a scan: as many regions, one after
 * another, as it takes to fill the page or to reach the end. Where the scan stands is the {@link ScanCursor}'s business.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
abstract class ScanCall implements OperationListener {

    final RawEngine engine;
    private final RawView view;
    private final boolean keyOnly;
    private final long startNs;
    private final int wanted;
    private ScanCursor cursor;
    private int collected;
    private int asked;

    /**
     * A page not begun.
     *
     * @param cursor where the scan stands
     * @param wanted pairs in the page at most
     */
    ScanCall(RawEngine engine, RawView view, ScanCursor cursor, boolean keyOnly, int wanted, long startNs) {
        this.engine = engine;
        this.view = view;
        this.cursor = cursor;
        this.keyOnly = keyOnly;
        this.wanted = wanted;
        this.startNs = startNs;
    }

    /** Begins, or goes on with the next region, or ends. */
    final void step(Operation operation) {
        if (cursor.isDone() || collected >= wanted) {
            operation.release();
            finish(cursor);
            return;
        }
        operation.begin(OperationKind.RAW_SCAN, true, startNs, startNs + view.timeoutNs, view.context);
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public final void onRoute(Operation operation) {
        byte[] key = cursor.routingKey();
        boolean byEnd = cursor.routesByEnd();
        Region region =
                byEnd ? engine.regions().locateEnd(key) : engine.regions().locate(key);
        if (region != null) {
            ask(operation, region);
            return;
        }
        if (engine.slowPath().refuses(operation)) {
            return;
        }
        long deadlineNs = operation.deadlineNs();
        CompletableFuture<Region> load = byEnd
                ? engine.regions().loadEnd(key, deadlineNs)
                : engine.regions().load(key, deadlineNs);
        load.whenComplete((loaded, failure) -> {
            if (failure == null) {
                ask(operation, loaded);
            } else {
                operation.fail(RawEngine.asOwn(failure));
            }
        });
    }

    private void ask(Operation operation, Region region) {
        byte[] lower = cursor.pageStart(region.start());
        byte[] upper = cursor.pageEnd(region.end());
        if (cursor.routesByEnd() && upper.length == 0) {
            upper = engine.greatestKeyBound();
        }
        asked = Math.min(cursor.remaining(), wanted - collected);
        try {
            ByteBuf body = operation.newBody(view.ranges.maxSize(lower.length, upper.length));
            view.ranges.writeScan(body, lower, upper, asked, keyOnly, cursor.routesByEnd());
        } catch (RuntimeException broken) {
            operation.fail(RawEngine.asOwn(broken));
            return;
        }
        engine.router().send(operation, region);
    }

    @Override
    public final void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawPairsResponseReader pairs = RawReaders.current().pairs.wrap(message, offset, length);
        if (engine.isError(operation, pairs) || PairErrors.fail(operation, pairs)) {
            return;
        }
        int count = pairs.pairCount();
        if (count > asked) {
            throw new MalformedMessageException(Reason.INCONSISTENT, count + " pairs, " + asked + " were asked for");
        }
        byte[] lastKey = collect(message, pairs, keyOnly);
        Region region = operation.region();
        if (region == null) {
            throw new IllegalStateException("an answer without a region");
        }
        cursor = cursor.after(region.start(), region.end(), asked, count, lastKey);
        collected += count;
        step(operation);
    }

    /**
     * Takes the pairs of an answer.
     *
     * @return the last one's user key; empty when there is no pair
     */
    abstract byte[] collect(ByteBuf message, RawPairsResponseReader pairs, boolean keysOnly)
            throws MalformedMessageException;

    /** The page is complete; {@code next} is where the following one begins. */
    abstract void finish(ScanCursor next);

    abstract void failed(TikvException failure);

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        operation.release();
        failed(failure);
    }

    /** The greatest key bound: above every key that a store accepts. */
    static byte[] above(int keyLimit) {
        byte[] bound = new byte[keyLimit + 1];
        Arrays.fill(bound, (byte) 0xFF);
        return bound;
    }
}
