package io.tikvdirect.cli.shell;

import io.tikvdirect.client.ErrorCode;

/** Immutable. A line that is no statement of the shell, or one that cannot be executed here. */
final class StatementException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** A malformed statement. */
    StatementException(String message) {
        this(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** A malformed statement with the exception that showed it. */
    StatementException(String message, Throwable cause) {
        super(message, cause);
        this.code = ErrorCode.INVALID_ARGUMENT;
    }

    StatementException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }
}
