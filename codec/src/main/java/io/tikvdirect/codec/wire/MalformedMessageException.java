package io.tikvdirect.codec.wire;

/**
 * Immutable: bytes from a peer do not form the message they should.
 *
 * <p>The only way in which decoding fails. It is checked because whoever reads a peer's bytes must decide what such bytes
 * end: an operation, a stream or a connection. It is made on failure only, so the path of sound messages stays free of
 * allocation.
 */
public class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What is wrong with the bytes. */
    public enum Reason {
        /** The message ends within a field. */
        TRUNCATED,
        /** A varint has more than ten bytes, or more bits than its type. */
        VARINT_OVERFLOW,
        /** A length leads past the end of the message. */
        LENGTH_OUT_OF_BOUNDS,
        /** A field number is zero or above 2^29 - 1. */
        INVALID_FIELD_NUMBER,
        /** A wire type is one of the two that do not exist, or not that of the known field. */
        WRONG_WIRE_TYPE,
        /** A group ends that was not begun, or is not ended. */
        GROUP_MISMATCH,
        /** Groups are nested deeper than {@link FieldCursor#MAX_GROUP_DEPTH}. */
        NESTED_TOO_DEEP,
        /** A message repeats more elements than its reader has room for. */
        TOO_MANY_ELEMENTS,
        /** A singular sub-message comes twice and would have to be merged, which no sound encoder makes necessary. */
        REPEATED_MESSAGE,
        /** Two parts of a message that have to agree do not. */
        INCONSISTENT,
        /** A key is not a memcomparable encoding. */
        INVALID_KEY_ENCODING,
        /** A key lies outside of the key space of its request. */
        FOREIGN_KEY,
    }

    /**
     * Makes the exception.
     *
     * @param reason what is wrong
     * @param detail in words, for a person; must not contain keys or values
     */
    public MalformedMessageException(final Reason reason, final String detail) {
        super(detail);
        this.reason = reason;
    }

    /**
     * Makes the exception for bytes at a place in a buffer.
     *
     * @param reason what is wrong
     * @param detail in words, for a person; must not contain keys or values
     * @param index absolute index in the buffer where it was seen
     * @return a new exception
     */
    public static MalformedMessageException at(final Reason reason, final String detail, final int index) {
        return new MalformedMessageException(reason, detail + " (at byte " + index + ")");
    }

    /**
     * What is wrong with the bytes.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
