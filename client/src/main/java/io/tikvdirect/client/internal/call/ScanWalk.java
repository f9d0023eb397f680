package io.tikvdirect.client.internal.call;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;

/**
 * Owned by one thread at a time, together with its operation. Reads one page of a scan: as many regions, one after
 * another, as it takes to fill the page or to reach the end. Where the scan stands is the {@link ScanCursor}'s business.
 */
public abstract class ScanWalk implements OperationListener {

    /** The engine of the scan. */
    protected final CallEngine callEngine;

    private final int wanted;
    private ScanCursor cursor;
    private int collected;
    private int asked;

    /**
     * A page not begun.
     *
     * @param engine its engine
     * @param cursor where the scan stands
     * @param wanted pairs in the page at most
     */
    protected ScanWalk(CallEngine engine, ScanCursor cursor, int wanted) {
        this.callEngine = engine;
        this.cursor = cursor;
        this.wanted = wanted;
    }

    /**
     * Begins, or goes on with the next region, or ends.
     *
     * @param operation owned by the scan from now on
     */
    public final void step(Operation operation) {
        if (cursor.isDone() || collected >= wanted) {
            operation.release();
            finish(cursor);
            return;
        }
        if (!isWanted()) {
            operation.release();
            failed(new OperationCancelledException("cancelled between two requests", FailureDetails.NONE, null));
            return;
        }
        begin(operation);
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public final void onRoute(Operation operation) {
        callEngine.withRegion(operation, cursor.routingKey(), cursor.routesByEnd(), region -> ask(operation, region));
    }

    private void ask(Operation operation, Region region) {
        byte[] lower = cursor.pageStart(region.start());
        byte[] upper = cursor.pageEnd(region.end());
        if (cursor.routesByEnd() && upper.length == 0) {
            upper = callEngine.greatestKeyBound();
        }
        asked = Math.min(cursor.remaining(), wanted - collected);
        try {
            ByteBuf body = operation.newBody(maxSize(lower.length, upper.length));
            write(body, lower, upper, asked, cursor.routesByEnd());
        } catch (RuntimeException broken) {
            operation.fail(CallEngine.asOwn(broken));
            return;
        }
        callEngine.router().send(operation, region);
    }

    /**
     * An answer cannot have more pairs than were asked for.
     *
     * @param count how many it has
     * @throws MalformedMessageException when it has more
     */
    protected final void checkCount(int count) throws MalformedMessageException {
        if (count > asked) {
            throw new MalformedMessageException(Reason.INCONSISTENT, count + " pairs, " + asked + " were asked for");
        }
    }

    /**
     * Moves behind the pairs of an answer.
     *
     * @param operation owned by the caller, never after
     * @param count pairs in the answer
     * @param lastKey user key of the last one; not read when there is none
     */
    protected final void moveOn(Operation operation, int count, byte[] lastKey) {
        Region region = operation.region();
        if (region == null) {
            throw new IllegalStateException("an answer without a region");
        }
        cursor = cursor.after(region.start(), region.end(), asked, count, lastKey);
        collected += count;
        step(operation);
    }

    /** {@return whether somebody still waits for the page; when not, no further region is asked} */
    protected boolean isWanted() {
        return true;
    }

    /**
     * Begins the next request with {@link Operation#begin}.
     *
     * @param operation to use
     */
    protected abstract void begin(Operation operation);

    /**
     * How large the body may become.
     *
     * @param lowerLength of the lower bound
     * @param upperLength of the upper bound
     * @return bytes
     */
    protected abstract int maxSize(int lowerLength, int upperLength);

    /**
     * Writes the body.
     *
     * @param body destination
     * @param lower inclusive
     * @param upper exclusive; empty for the end
     * @param limit pairs at most
     * @param reverse whether to go from the upper bound down
     */
    protected abstract void write(ByteBuf body, byte[] lower, byte[] upper, int limit, boolean reverse);

    /**
     * The page is complete.
     *
     * @param next where the following one begins
     */
    protected abstract void finish(ScanCursor next);

    /**
     * The page could not be read.
     *
     * @param failure why
     */
    protected abstract void failed(TikvException failure);

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        operation.release();
        failed(failure);
    }
}
