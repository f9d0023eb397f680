package io.tikvdirect.codec.wire;

/** Stateless: the wire types of the protobuf encoding, as they stand in the low three bits of a tag. */
public final class WireType {
    /** A base-128 number. */
    public static final int VARINT = 0;
    /** Eight bytes, little endian. */
    public static final int FIXED64 = 1;
    /** A length and that many bytes: bytes, strings, sub-messages, packed numbers. */
    public static final int LENGTH_DELIMITED = 2;
    /** The beginning of a group, a proto2 relic that can still arrive as an unknown field. */
    public static final int START_GROUP = 3;
    /** The end of a group. */
    public static final int END_GROUP = 4;
    /** Four bytes, little endian. */
    public static final int FIXED32 = 5;

    private WireType() {}
}
