package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyspaceNotFoundException;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.keyspacepb.KeyspaceState;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceResponse;
import io.tikvdirect.proto.pdpb.ErrorType;

/** Thread-safe, without state. What PD answers about keyspaces. */
final class KeyspaceAnswers {
    private KeyspaceAnswers() {}

    /** The keyspace of an answer, which must exist and be enabled. */
    static KeyspaceMeta keyspace(final LoadKeyspaceResponse answer, final String which) {
        final ErrorType error = answer.getHeader().getError().getType();
        final String message = answer.getHeader().getError().getMessage();
        if (error == ErrorType.ENTRY_NOT_FOUND || (error != ErrorType.OK && message.contains("not"))) {
            throw new KeyspaceNotFoundException(
                    "there is no keyspace " + which + ": " + message, FailureDetails.NONE, null);
        }
        PdAnswers.check(answer.getHeader());
        if (answer.getKeyspace().getState() != KeyspaceState.ENABLED) {
            throw new KeyspaceNotFoundException(
                    "keyspace " + which + " is " + answer.getKeyspace().getState(), FailureDetails.NONE, null);
        }
        return answer.getKeyspace();
    }
}
