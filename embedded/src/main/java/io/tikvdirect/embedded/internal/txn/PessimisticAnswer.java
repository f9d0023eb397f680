package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResult;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResultType;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;

/** Confined to its caller. Builds the answer to a request for pessimistic locks in the form that was asked for. */
final class PessimisticAnswer {
    private final PessimisticOptions options;
    private final PessimisticLockResponse.Builder response = PessimisticLockResponse.newBuilder();

    PessimisticAnswer(PessimisticOptions options) {
        this.options = options;
    }

    void add(LockedKey key) {
        if (options.force()) {
            response.addResults(key.result(options));
        } else if (options.returnValues()) {
            ByteString value = key.value();
            response.addNotFounds(value == null).addValues(value == null ? ByteString.EMPTY : value);
        } else if (options.checkExistence()) {
            response.addNotFounds(key.value() == null);
        }
    }

    /** All keys are locked. */
    PessimisticLockResponse locked() {
        return response.build();
    }

    /** The request was refused; whoever is told of each key is told that too. */
    PessimisticLockResponse failed(TxnException why) {
        PessimisticLockResponse.Builder failed =
                PessimisticLockResponse.newBuilder().addErrors(why.error());
        if (options.force()) {
            failed.addResults(
                    PessimisticLockKeyResult.newBuilder().setType(PessimisticLockKeyResultType.LockResultFailed));
        }
        return failed.build();
    }

    /** The request was refused before it came to keys. */
    PessimisticLockResponse refused(TxnException why) {
        return PessimisticLockResponse.newBuilder().addErrors(why.error()).build();
    }
}
