package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Reads what a pipelined transaction has flushed, from its own locks in the stores (PIP-02). */
final class FlushedReads {

    private final TxnEngine engine;
    private final long startTs;
    private final Map<ByteBuffer, byte[]> found = new ConcurrentHashMap<>();

    private FlushedReads(TxnEngine engine, long startTs) {
        this.engine = engine;
        this.startTs = startTs;
    }

    /**
     * Reads keys.
     *
     * @param keys all different
     * @param promise gets the values of those that were flushed; an empty one stands for a key that was deleted
     */
    static void read(
            TxnEngine engine,
            long startTs,
            List<byte[]> keys,
            long deadlineNs,
            Promise<Map<ByteBuffer, byte[]>> promise) {
        FlushedReads reads = new FlushedReads(engine, startTs);
        KeyGroupCall.send(
                engine,
                OperationKind.KV_BUFFER_BATCH_GET,
                keys,
                reads::request,
                BufferBatchGetResponse.parser(),
                (answer, part, operation) -> reads.take(answer, operation),
                deadlineNs,
                TxnEngine.promise(done -> promise.succeed(reads.found), promise::fail));
    }

    private MessageLite request(List<byte[]> part) {
        BufferBatchGetRequest.Builder request =
                BufferBatchGetRequest.newBuilder().setVersion(startTs);
        part.forEach(key -> request.addKeys(engine.storeKey(key)));
        return request.build();
    }

    private @Nullable TikvException take(BufferBatchGetResponse answer, Operation operation) {
        if (answer.hasError()) {
            return engine.errors().of(answer.getError(), LockRemoval.details(operation));
        }
        try {
            for (KvPair pair : answer.getPairsList()) {
                if (pair.hasError()) {
                    return engine.errors().of(pair.getError(), LockRemoval.details(operation));
                }
                byte[] key = engine.keySpace().userKey(pair.getKey().toByteArray());
                found.put(ByteBuffer.wrap(key), pair.getValue().toByteArray());
            }
            return null;
        } catch (ForeignKeyException foreign) {
            return KeyErrors.nonsense("a flushed key of another key space");
        }
    }
}
