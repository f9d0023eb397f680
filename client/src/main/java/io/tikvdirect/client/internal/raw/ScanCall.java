package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanWalk;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Owned by one thread at a time, together with its operation. Reads one page of a raw scan. */
abstract class ScanCall extends ScanWalk {

    @SuppressWarnings("HidingField") // the same engine, by its own type
    final RawEngine engine;

    private final RawView view;
    private final boolean keyOnly;
    private final long startNs;

    /**
     * A page not begun.
     *
     * @param cursor where the scan stands
     * @param wanted pairs in the page at most
     */
    ScanCall(RawEngine engine, RawView view, ScanCursor cursor, boolean keyOnly, int wanted, long startNs) {
        super(engine, cursor, wanted);
        this.engine = engine;
        this.view = view;
        this.keyOnly = keyOnly;
        this.startNs = startNs;
    }

    @Override
    protected final void begin(Operation operation) {
        operation.begin(
                OperationKind.RAW_SCAN, true, startNs, startNs + view.timeoutNs, view.context(OperationKind.RAW_SCAN));
    }

    @Override
    protected final int maxSize(int lowerLength, int upperLength) {
        return view.ranges.maxSize(lowerLength, upperLength);
    }

    @Override
    protected final void write(ByteBuf body, byte[] lower, byte[] upper, int limit, boolean reverse) {
        view.ranges.writeScan(body, lower, upper, limit, keyOnly, reverse);
    }

    @Override
    public final void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawPairsResponseReader answer = RawReaders.current().pairs.wrap(message, offset, length);
        if (engine.isError(operation, answer) || PairErrors.fail(operation, answer)) {
            return;
        }
        checkCount(answer.pairs().count());
        moveOn(operation, answer.pairs().count(), collect(message, answer, keyOnly));
    }

    /**
     * Takes the pairs of an answer.
     *
     * @return the last one's user key; empty when there is no pair
     */
    abstract byte[] collect(ByteBuf message, RawPairsResponseReader pairs, boolean keysOnly)
            throws MalformedMessageException;
}
