package io.tikvdirect.cli.format;

/** Immutable. Why a record of the input cannot be loaded, or why a pair cannot be written in the format asked for. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Made for the message only; it has no stack trace because a bad input can cause millions. */
    public MalformedRecordException(String reason) {
        super(reason, null, false, false);
    }
}
