package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.codec.wire.WireType;
import java.util.Arrays;
import java.util.Objects;

/**
 * Confined to one thread at a time: reads a {@code tikvpb.BatchCommandsResponse} in place and says which request each
 * answer belongs to and where it lies.
 *
 * <p>Wrapping walks the envelope (not the answers' own fields) once. It fails unless there are as many ids as answers, so
 * that nobody can receive another's answer because of a shift. The reader <em>borrows</em> the buffer until wrapped again,
 * allocates only when a message has more answers than any before, and takes no more than its bound.
 *
 * <p>Stricter than protobuf-java: a known field with another wire type, or a command given twice within one answer, is
 * malformed. An answer that carries several commands counts as the last of them.
 */
public final class BatchCommandsReader {
    /** Default bound of answers in a message; stores pack far fewer. */
    public static final int DEFAULT_MAX_RESPONSES = 1 << 14;

    private static final int RESPONSES = 1;
    private static final int REQUEST_IDS = 2;
    private static final int TRANSPORT_LAYER_LOAD = 3;
    private static final int HEALTH_FEEDBACK = 4;
    private static final int TIKV_SEND_TIME_NS = 5;

    /** Three ints per answer: command, offset and length of its body. */
    private static final int STRIDE = 3;

    private static final int COMMAND = 0;
    private static final int BODY_OFFSET = 1;
    private static final int BODY_LENGTH = 2;
    private static final int INITIAL_RESPONSES = 128;

    private final FieldCursor cursor = new FieldCursor();
    private final FieldCursor inner = new FieldCursor();
    private final int maxResponses;
    private long[] ids = new long[INITIAL_RESPONSES];
    private int[] responses = new int[INITIAL_RESPONSES * STRIDE];
    private int idCount;
    private int responseCount;
    private long transportLayerLoad;
    private long tikvSendTimeNs;
    private int healthFeedbackOffset;
    private int healthFeedbackLength;

    /** Makes a reader for up to {@link #DEFAULT_MAX_RESPONSES} answers. */
    public BatchCommandsReader() {
        this(DEFAULT_MAX_RESPONSES);
    }

    /**
     * Makes a reader.
     *
     * @param maxResponses answers in a message at most; it bounds the memory that a peer's message can make this reader
     *     take, 20 bytes per answer. A client's window of requests in flight is a natural value.
     */
    public BatchCommandsReader(final int maxResponses) {
        if (maxResponses < 1 || maxResponses > Integer.MAX_VALUE / STRIDE / 2) {
            throw new IllegalArgumentException("maxResponses " + maxResponses);
        }
        this.maxResponses = maxResponses;
    }

    /**
     * Reads a message in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the message
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message, has more answers than allowed, or not one id for each;
     *     the other methods' results then mean nothing
     */
    public BatchCommandsReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        reset();
        cursor.wrap(message, offset, length);
        while (cursor.next()) {
            readField(message);
        }
        if (idCount != responseCount) {
            throw MalformedMessageException.at(
                    Reason.INCONSISTENT, responseCount + " responses with " + idCount + " ids", offset);
        }
        return this;
    }

    private void reset() {
        idCount = 0;
        responseCount = 0;
        transportLayerLoad = 0;
        tikvSendTimeNs = 0;
        healthFeedbackOffset = 0;
        healthFeedbackLength = -1;
    }

    private void readField(final ByteBuf message) throws MalformedMessageException {
        switch (cursor.fieldNumber()) {
            case RESPONSES -> readResponse(message);
            case REQUEST_IDS -> readRequestIds(message);
            case TRANSPORT_LAYER_LOAD -> transportLayerLoad = cursor.expectVarint();
            case HEALTH_FEEDBACK -> readHealthFeedback();
            case TIKV_SEND_TIME_NS -> tikvSendTimeNs = cursor.expectVarint();
            default -> {} // unknown
        }
    }

    private void readResponse(final ByteBuf message) throws MalformedMessageException {
        cursor.expect(WireType.LENGTH_DELIMITED);
        final int base = addResponse();
        inner.wrap(message, cursor.dataOffset(), cursor.dataLength());
        while (inner.next()) {
            if (BatchCommand.isCommand(inner.fieldNumber())) {
                noteCommand(base);
            }
        }
    }

    private void noteCommand(final int base) throws MalformedMessageException {
        inner.expect(WireType.LENGTH_DELIMITED);
        if (responses[base + COMMAND] == inner.fieldNumber()) {
            throw MalformedMessageException.at(
                    Reason.REPEATED_MESSAGE, "a command twice in one answer", inner.dataOffset());
        }
        responses[base + COMMAND] = inner.fieldNumber();
        responses[base + BODY_OFFSET] = inner.dataOffset();
        responses[base + BODY_LENGTH] = inner.dataLength();
    }

    private int addResponse() throws MalformedMessageException {
        checkRoom(responseCount);
        final int base = responseCount++ * STRIDE;
        if (base == responses.length) {
            responses = Arrays.copyOf(responses, (int) Math.min((long) maxResponses * STRIDE, responses.length * 2L));
        }
        responses[base + COMMAND] = BatchCommand.NONE;
        responses[base + BODY_OFFSET] = cursor.dataOffset();
        responses[base + BODY_LENGTH] = 0;
        return base;
    }

    private void readRequestIds(final ByteBuf message) throws MalformedMessageException {
        if (cursor.wireType() == WireType.VARINT) {
            addId(cursor.varint());
            return;
        }
        cursor.expect(WireType.LENGTH_DELIMITED);
        inner.wrap(message, cursor.dataOffset(), cursor.dataLength());
        while (inner.nextPackedVarint()) {
            addId(inner.varint());
        }
    }

    private void addId(final long id) throws MalformedMessageException {
        checkRoom(idCount);
        if (idCount == ids.length) {
            ids = Arrays.copyOf(ids, (int) Math.min(maxResponses, ids.length * 2L));
        }
        ids[idCount++] = id;
    }

    private void checkRoom(final int count) throws MalformedMessageException {
        if (count == maxResponses) {
            throw MalformedMessageException.at(
                    Reason.TOO_MANY_ELEMENTS, "more than " + maxResponses + " answers", cursor.dataOffset());
        }
    }

    private void readHealthFeedback() throws MalformedMessageException {
        cursor.expect(WireType.LENGTH_DELIMITED);
        if (hasHealthFeedback()) {
            throw MalformedMessageException.at(
                    Reason.REPEATED_MESSAGE, "a second health_feedback", cursor.dataOffset());
        }
        healthFeedbackOffset = cursor.dataOffset();
        healthFeedbackLength = cursor.dataLength();
    }

    /**
     * Number of answers.
     *
     * @return count
     */
    public int count() {
        return responseCount;
    }

    /**
     * Id of the request that an answer belongs to.
     *
     * @param i 0 to {@link #count} - 1
     * @return the id, as the store says: the caller has to know it
     */
    public long requestId(final int i) {
        return ids[Objects.checkIndex(i, responseCount)];
    }

    /**
     * Which command an answer answers.
     *
     * @param i 0 to {@link #count} - 1
     * @return the command's field number, see {@link BatchCommand}; {@link BatchCommand#NONE} for an answer without a
     *     command, or with one that this version of the protocol does not know
     */
    public int command(final int i) {
        return responses[base(i) + COMMAND];
    }

    /**
     * Where the command's response message begins.
     *
     * @param i 0 to {@link #count} - 1
     * @return absolute index
     */
    public int bodyOffset(final int i) {
        return responses[base(i) + BODY_OFFSET];
    }

    /**
     * Length of the command's response message.
     *
     * @param i 0 to {@link #count} - 1
     * @return bytes
     */
    public int bodyLength(final int i) {
        return responses[base(i) + BODY_LENGTH];
    }

    /**
     * How loaded the store says its transport layer is.
     *
     * @return a number above 0 if it is under pressure
     */
    public long transportLayerLoad() {
        return transportLayerLoad;
    }

    /**
     * When the store sent the message.
     *
     * @return nanoseconds of the store's clock; 0 if it does not say
     */
    public long tikvSendTimeNs() {
        return tikvSendTimeNs;
    }

    /**
     * Whether the store reports its health.
     *
     * @return true if there is a {@code kvrpcpb.HealthFeedback}
     */
    public boolean hasHealthFeedback() {
        return healthFeedbackLength >= 0;
    }

    /**
     * Where the {@code kvrpcpb.HealthFeedback} begins.
     *
     * @return absolute index; 0 if there is none
     */
    public int healthFeedbackOffset() {
        return healthFeedbackOffset;
    }

    /**
     * Length of the {@code kvrpcpb.HealthFeedback}.
     *
     * @return bytes; -1 if there is none
     */
    public int healthFeedbackLength() {
        return healthFeedbackLength;
    }

    private int base(final int i) {
        return Objects.checkIndex(i, responseCount) * STRIDE;
    }
}
