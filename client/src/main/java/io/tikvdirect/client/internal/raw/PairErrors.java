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
    static boolean fail(Operation operation, RawPairsResponseReader answer) {
        for (int i = 0; i < answer.pairs().count(); i++) {
            if (answer.pairs().hasError(i)) {
                operation.fail(ServerErrors.of(operation, text(answer, i)));
                return true;
            }
        }
        return false;
    }

    private static String text(RawPairsResponseReader answer, int pair) {
        byte[] bytes = ByteBufUtil.getBytes(
                answer.buffer(),
                answer.pairs().errorOffset(pair),
                Math.max(0, answer.pairs().errorLength(pair)));
        try {
            KeyError error = KeyError.parseFrom(bytes);
            return error.getAbort().isEmpty() ? error.toString().trim() : error.getAbort();
        } catch (InvalidProtocolBufferException malformed) {
            return "an error that cannot be read (" + malformed.getMessage() + ')';
        }
    }
}
