package io.tikvdirect.cli.report;

/** Immutable. The operation of a command failed; the message is the one sentence a person gets to see. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure that needs no cause. */
    public CommandFailedException(String message) {
        super(message);
    }

    /** A failure with the cause that {@code --verbose} shows. */
    public CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
