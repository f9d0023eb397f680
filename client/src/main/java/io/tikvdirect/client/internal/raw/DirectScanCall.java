package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.PairList;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Queue;

/**
 * Owned by one thread at a time. A scan whose pairs are handed out where the network put them; its view is pooled, so that
 * once warm nothing is allocated per pair.
 */
final class DirectScanCall extends ScanCall {

    private final Queue<MultiView> home;
    private final MultiView view;
    private final long correlationId;
    private final DirectCallback callback;

    DirectScanCall(
            RawEngine engine,
            RawView options,
            ScanCursor cursor,
            boolean keyOnly,
            int wanted,
            long startNs,
            Queue<MultiView> home,
            long correlationId,
            DirectCallback callback) {
        super(engine, options, cursor, keyOnly, wanted, startNs);
        MultiView pooled = home.poll();
        this.home = home;
        this.view = pooled == null ? new MultiView() : pooled;
        this.correlationId = correlationId;
        this.callback = callback;
        view.reset(0, 1, true);
    }

    @Override
    byte[] collect(ByteBuf message, RawPairsResponseReader answer, boolean keysOnly) throws MalformedMessageException {
        PairList pairs = answer.pairs();
        int count = pairs.count();
        if (count == 0) {
            return Bytes.EMPTY;
        }
        view.growSources();
        int source = view.addSource(message);
        int userOffset = 0;
        int userLength = 0;
        for (int i = 0; i < count; i++) {
            int keyOffset = pairs.keyOffset(i);
            userOffset = engine.keySpace().userKeyOffset(message, keyOffset, pairs.keyLength(i));
            userLength = keyOffset + pairs.keyLength(i) - userOffset;
            view.addPair(source, userOffset, userLength, pairs.valueOffset(i), pairs.valueLength(i));
        }
        return Bytes.copy(message, userOffset, userLength);
    }

    @Override
    protected void finish(ScanCursor next) {
        engine.directCalls().complete(callback, correlationId, view);
        giveBack();
    }

    @Override
    protected void failed(TikvException failure) {
        giveBack();
        engine.directCalls().fail(callback, correlationId, failure);
    }

    private void giveBack() {
        view.releaseSources();
        if (view.isSmall()) {
            home.offer(view);
        }
    }
}
