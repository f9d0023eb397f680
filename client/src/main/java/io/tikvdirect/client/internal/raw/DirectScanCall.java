package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Owned by one thread at a time. A scan whose pairs are handed out where the network put them. */
final class DirectScanCall extends ScanCall {

    private final MultiView view = new MultiView();
    private final long correlationId;
    private final DirectCallback callback;

    DirectScanCall(
            RawEngine engine,
            RawView options,
            ScanCursor cursor,
            boolean keyOnly,
            int wanted,
            long startNs,
            long correlationId,
            DirectCallback callback) {
        super(engine, options, cursor, keyOnly, wanted, startNs);
        this.correlationId = correlationId;
        this.callback = callback;
        view.reset(0, 1, true);
    }

    @Override
    byte[] collect(ByteBuf message, RawPairsResponseReader answer, boolean keysOnly) throws MalformedMessageException {
        int count = answer.pairCount();
        if (count == 0) {
            return Bytes.EMPTY;
        }
        view.growSources();
        int source = view.addSource(message);
        int userOffset = 0;
        int userLength = 0;
        for (int i = 0; i < count; i++) {
            int keyOffset = answer.keyOffset(i);
            userOffset = engine.keySpace().userKeyOffset(message, keyOffset, answer.keyLength(i));
            userLength = keyOffset + answer.keyLength(i) - userOffset;
            view.addPair(source, userOffset, userLength, answer.valueOffset(i), answer.valueLength(i));
        }
        return Bytes.copy(message, userOffset, userLength);
    }

    @Override
    protected void finish(ScanCursor next) {
        engine.directCalls().complete(callback, correlationId, view);
        view.releaseSources();
    }

    @Override
    protected void failed(TikvException failure) {
        view.releaseSources();
        engine.directCalls().fail(callback, correlationId, failure);
    }
}
