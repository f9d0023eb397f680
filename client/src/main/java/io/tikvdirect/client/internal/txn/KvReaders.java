package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.raw.ValueView;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.codec.kv.KvCommitResponseReader;
import io.tikvdirect.codec.kv.KvGetResponseReader;
import io.tikvdirect.codec.kv.KvPairsResponseReader;
import io.tikvdirect.codec.kv.KvPrewriteResponseReader;
import io.tikvdirect.codec.kv.KvRegionErrorReader;
import io.tikvdirect.codec.kv.ResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;

/**
 * Confined to one thread: the reusable readers of answers, one set per event loop. An answer is read completely before the
 * next one is wrapped, and no callback runs while a reader is still needed.
 */
final class KvReaders {

    /** Above the largest limit of a scan and the keys of a batch get. */
    private static final int MAX_PAIRS = 1 << 14;

    private static final FastThreadLocal<KvReaders> CURRENT = new FastThreadLocal<>() {
        @Override
        protected KvReaders initialValue() {
            return new KvReaders();
        }
    };

    final KvGetResponseReader get = new KvGetResponseReader();
    final KvPairsResponseReader batchGet = KvPairsResponseReader.ofBatchGet(MAX_PAIRS);
    final KvPairsResponseReader scan = KvPairsResponseReader.ofScan(MAX_PAIRS);
    final KvPrewriteResponseReader prewrite = new KvPrewriteResponseReader();
    final KvCommitResponseReader commit = new KvCommitResponseReader();
    final ValueView valueView = new ValueView();
    private final KvRegionErrorReader any = new KvRegionErrorReader();

    private KvReaders() {}

    /** {@return the readers of the calling thread} */
    static KvReaders current() {
        return CURRENT.get();
    }

    /** Hands an operation on when its answer is a region error; it then belongs to somebody else. */
    boolean isRegionError(CallEngine engine, Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        return isRegionError(engine, operation, any.wrap(message, offset, length));
    }

    /** Hands an operation on when its answer is a region error; it then belongs to somebody else. */
    static boolean isRegionError(CallEngine engine, Operation operation, ResponseReader answer) {
        if (!answer.hasRegionError()) {
            return false;
        }
        engine.slowPath()
                .onRegionError(operation, answer.buffer(), answer.regionErrorOffset(), answer.regionErrorLength());
        return true;
    }
}
