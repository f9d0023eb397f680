package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.internal.log.KeyFormat;
import io.tikvdirect.client.internal.region.Region;
import org.jspecify.annotations.Nullable;

/** Thread-safe (only static functions). What is known about an operation, for a failure. */
final class OperationDetails {

    private OperationDetails() {}

    static FailureDetails.Builder of(Operation operation, long nowNs) {
        FailureDetails.Builder details = FailureDetails.of(operation.kind().label())
                .key(shownKey(operation))
                .attempts(operation.attempts())
                .elapsedNs(nowNs - operation.startNs())
                .budgetNs(operation.deadlineNs() - operation.startNs())
                .lastServerError(operation.lastError());
        Region last = operation.region();
        return last == null
                ? details
                : details.region(last.id())
                        .store(last.leader().id(), String.valueOf(last.leader().address()));
    }

    private static @Nullable String shownKey(Operation operation) {
        int length = operation.routingKeyLength();
        if (length == 0) {
            return null;
        }
        byte[] key = new byte[length];
        operation.routingKey().getBytes(0, key);
        return KeyFormat.show(key, operation.redaction());
    }
}
