package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;

/**
 * Stateless. Gives the errors that stores report in words their codes. TiKV has no numbers for them, so the words decide;
 * they are the ones recorded from a real server.
 */
final class ServerErrors {

    /** Answers with an error field hold the error's message, pairs of scans and batch gets its name in Rust. */
    private static final String[] API_MISMATCH = {
        "Api version in request does not match",
        "ApiVersionNotMatched",
        "Key mode mismatched",
        "InvalidKeyMode",
        "InvalidKeyRangeMode"
    };

    private static final String[] INVALID_ARGUMENT = {
        "max key size exceeded", "invalid cf name", "InvalidCf(", "cf is deprecated", "CfDeprecated("
    };

    private ServerErrors() {}

    /**
     * The failure for an error text.
     *
     * @param operation what failed; not released here
     * @param text as the store sent it
     * @return the failure
     */
    static TikvException of(Operation operation, String text) {
        operation.lastError(text);
        FailureDetails details = operation.details(System.nanoTime()).build();
        ErrorCode code = code(text);
        return new ServerException(code, "the store refused the request: " + text, details, null);
    }

    static ErrorCode code(String text) {
        if (text.contains("ttl is not enabled")) {
            return ErrorCode.TTL_NOT_SUPPORTED;
        }
        if (hasAny(text, API_MISMATCH)) {
            return ErrorCode.API_VERSION_MISMATCH;
        }
        if (hasAny(text, INVALID_ARGUMENT)) {
            return ErrorCode.INVALID_ARGUMENT;
        }
        if (text.contains("Coprocessor plugin is disabled")) {
            return ErrorCode.UNSUPPORTED;
        }
        return ErrorCode.SERVER_ERROR;
    }

    private static boolean hasAny(String text, String... marks) {
        for (String mark : marks) {
            if (text.contains(mark)) {
                return true;
            }
        }
        return false;
    }
}
