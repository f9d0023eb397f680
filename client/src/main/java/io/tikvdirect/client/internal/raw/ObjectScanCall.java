package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.PairList;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;

/** Owned by one thread at a time. A page of pairs as objects. */
final class ObjectScanCall extends ScanCall {

    private final Promise<ScanPage> promise;
    private final List<KvPair> pairs = new ArrayList<>();

    ObjectScanCall(
            RawEngine engine,
            RawView view,
            ScanCursor cursor,
            boolean keyOnly,
            int wanted,
            long startNs,
            Promise<ScanPage> promise) {
        super(engine, view, cursor, keyOnly, wanted, startNs);
        this.promise = promise;
    }

    @Override
    byte[] collect(ByteBuf message, RawPairsResponseReader answer, boolean keysOnly) throws MalformedMessageException {
        PairList answered = answer.pairs();
        byte[] key = Bytes.EMPTY;
        for (int i = 0; i < answered.count(); i++) {
            int keyOffset = answered.keyOffset(i);
            int keyLength = answered.keyLength(i);
            int userOffset = engine.keySpace().userKeyOffset(message, keyOffset, keyLength);
            key = Bytes.copy(message, userOffset, keyOffset + keyLength - userOffset);
            pairs.add(new KvPair(
                    key, keysOnly ? null : Bytes.copy(message, answered.valueOffset(i), answered.valueLength(i))));
        }
        return key;
    }

    @Override
    protected boolean isWanted() {
        return promise.isWanted();
    }

    @Override
    protected void finish(ScanCursor next) {
        promise.succeed(new ScanPage(pairs, next));
    }

    @Override
    protected void failed(TikvException failure) {
        promise.fail(failure);
    }
}
