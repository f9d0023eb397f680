package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.ResponseHeader;

/** Thread-safe, without state. What the header of an answer of PD means. */
final class PdAnswers {
    private PdAnswers() {}

    /** A failure unless PD answers well or with an error that means something to the caller. */
    static void checkUnless(final ErrorType expected, final ResponseHeader header) {
        if (header.getError().getType() != expected) {
            check(header);
        }
    }

    /** A failure unless PD answers well. */
    static void check(final ResponseHeader header) {
        final String message = header.getError().getMessage();
        switch (header.getError().getType()) {
            case OK -> {}
            case NOT_BOOTSTRAPPED ->
                throw new PdUnavailableException(
                        "the cluster has not been bootstrapped: " + message, FailureDetails.NONE, null);
            default ->
                throw new ServerException(
                        ErrorCode.SERVER_ERROR,
                        "PD answers " + header.getError().getType() + ": " + message,
                        FailureDetails.NONE,
                        null);
        }
    }
}
