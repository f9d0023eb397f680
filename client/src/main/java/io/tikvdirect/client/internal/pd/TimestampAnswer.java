package io.tikvdirect.client.internal.pd;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;
import io.tikvdirect.proto.pdpb.TsoResponse;

/** Confined to PD's event loop. Reads a {@code pdpb.TsoResponse} in place; what tells of an error is decoded as a whole. */
final class TimestampAnswer {
    private static final int HEADER = 1;
    private static final int COUNT = 2;
    private static final int TIMESTAMP = 3;
    private static final int HEADER_ERROR = 2;
    private static final int PHYSICAL = 1;
    private static final int LOGICAL = 2;

    private final FieldCursor fields = new FieldCursor();
    private final FieldCursor nested = new FieldCursor();
    private boolean hasError;
    private int count;
    private long physical;
    private long logical;

    /** Reads an answer; <i>borrows</i> the message. */
    void read(final ByteBuf message) {
        hasError = false;
        count = 0;
        physical = 0;
        logical = 0;
        try {
            fields.wrap(message, message.readerIndex(), message.readableBytes());
            while (fields.next()) {
                readField(message);
            }
        } catch (final MalformedMessageException malformed) {
            throw new ProtocolException("PD's answer is not a well-formed message", FailureDetails.NONE, malformed);
        } finally {
            fields.reset();
            nested.reset();
        }
    }

    private void readField(final ByteBuf message) throws MalformedMessageException {
        switch (fields.fieldNumber()) {
            case HEADER -> readHeader(message);
            case COUNT -> count = (int) fields.expectVarint();
            case TIMESTAMP -> readTimestamp(message);
            default -> {} // of a newer PD
        }
    }

    private void enter(final ByteBuf message) throws MalformedMessageException {
        fields.expect(WireType.LENGTH_DELIMITED);
        nested.wrap(message, fields.dataOffset(), fields.dataLength());
    }

    private void readHeader(final ByteBuf message) throws MalformedMessageException {
        enter(message);
        while (nested.next()) {
            hasError |= nested.fieldNumber() == HEADER_ERROR;
        }
    }

    private void readTimestamp(final ByteBuf message) throws MalformedMessageException {
        enter(message);
        while (nested.next()) {
            switch (nested.fieldNumber()) {
                case PHYSICAL -> physical = nested.expectVarint();
                case LOGICAL -> logical = nested.expectVarint();
                default -> {} // historic
            }
        }
    }

    /** What PD refuses the request with; {@code OK} also where the header has an error that is none. */
    io.tikvdirect.proto.pdpb.Error error(final ByteBuf message) {
        return hasError
                ? PdMessages.decode(TsoResponse.parser(), message).getHeader().getError()
                : io.tikvdirect.proto.pdpb.Error.getDefaultInstance();
    }

    /** How many timestamps it gives. */
    int count() {
        return count;
    }

    /** Milliseconds of the last timestamp. */
    long physical() {
        return physical;
    }

    /** Counter of the last timestamp. */
    long logical() {
        return logical;
    }
}
