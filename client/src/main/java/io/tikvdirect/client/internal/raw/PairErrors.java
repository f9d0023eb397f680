package io.tikvdirect.client.internal.raw;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBufUtil;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.proto.kvrpcpb.KeyError;

/**
 * Stateless. Raw scans and batch gets report errors of single keys, and of themselves, in place of a pair; such an answer
 * must not be taken for a shorter list.
 */
final class PairErrors {

    private PairErrors() {}

    /**
     * Fails an operation when one of the pairs is an error.
     *
     * @return true when there was one; the operation then belongs to somebody else
     */
    static boolean fail(Operation operation, RawPairsResponseReader pairs) {
        for (int i = 0; i < pairs.pairCount(); i++) {
            if (pairs.hasPairError(i)) {
                operation.fail(ServerErrors.of(operation, text(pairs, i)));
                return true;
            }
        }
        return false;
    }

    private static String text(RawPairsResponseReader pairs, int pair) {
        byte[] bytes = ByteBufUtil.getBytes(
                pairs.buffer(), pairs.pairErrorOffset(pair), Math.max(0, pairs.pairErrorLength(pair)));
        try {
            KeyError error = KeyError.parseFrom(bytes);
            return error.getAbort().isEmpty() ? error.toString().trim() : error.getAbort();
        } catch (InvalidProtocolBufferException malformed) {
            return "an error that cannot be read (" + malformed.getMessage() + ')';
        }
    }
}
