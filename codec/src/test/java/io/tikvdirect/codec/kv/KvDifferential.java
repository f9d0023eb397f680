package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawCASResponse;
import io.tikvdirect.proto.kvrpcpb.RawChecksumResponse;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;

/**
 * Reads bytes with our flyweights and with protobuf-java, and holds the results against each other: both accept and agree,
 * both refuse, or ours refuses for a documented reason. Where ours accepts what protobuf-java refuses, the fault must be
 * within something that ours only points at.
 */
public final class KvDifferential {
    private KvDifferential() {}

    /** Says that both see the same, while the buffer is alive. */
    @FunctionalInterface
    interface Comparison<M> {
        void compare(M theirs) throws InvalidProtocolBufferException;
    }

    @FunctionalInterface
    interface Wrapping {
        RawResponseReader wrap(ByteBuf buffer, int offset, int length)
                throws io.tikvdirect.codec.wire.MalformedMessageException;
    }

    public static void rawGet(final byte[] bytes) {
        final RawGetResponseReader reader = new RawGetResponseReader();
        check(bytes, RawGetResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes());
            assertThat(bytes(reader, reader.valueOffset(), reader.valueLength()))
                    .isEqualTo(theirs.getValue());
            assertThat(reader.notFound()).isEqualTo(theirs.getNotFound());
        });
    }

    public static void rawWrite(final byte[] bytes) {
        final RawWriteResponseReader reader = new RawWriteResponseReader();
        check(
                bytes,
                RawPutResponse.parser(),
                reader::wrap,
                theirs -> errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes()));
    }

    public static void rawKeyTtl(final byte[] bytes) {
        final RawKeyTtlResponseReader reader = new RawKeyTtlResponseReader();
        check(bytes, RawGetKeyTTLResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes());
            assertThat(reader.ttlSeconds()).isEqualTo(theirs.getTtl());
            assertThat(reader.notFound()).isEqualTo(theirs.getNotFound());
        });
    }

    public static void rawCas(final byte[] bytes) {
        final RawCasResponseReader reader = new RawCasResponseReader();
        check(bytes, RawCASResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes());
            assertThat(reader.succeed()).isEqualTo(theirs.getSucceed());
            assertThat(reader.previousNotExist()).isEqualTo(theirs.getPreviousNotExist());
            assertThat(bytes(reader, reader.previousValueOffset(), reader.previousValueLength()))
                    .isEqualTo(theirs.getPreviousValue());
        });
    }

    public static void rawChecksum(final byte[] bytes) {
        final RawChecksumResponseReader reader = new RawChecksumResponseReader();
        check(bytes, RawChecksumResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes());
            assertThat(reader.checksum()).isEqualTo(theirs.getChecksum());
            assertThat(reader.totalKvs()).isEqualTo(theirs.getTotalKvs());
            assertThat(reader.totalBytes()).isEqualTo(theirs.getTotalBytes());
        });
    }

    public static void rawCoprocessor(final byte[] bytes) {
        final RawCoprocessorResponseReader reader = new RawCoprocessorResponseReader();
        check(bytes, RawCoprocessorResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), theirs.getErrorBytes());
            assertThat(bytes(reader, reader.dataOffset(), reader.dataLength())).isEqualTo(theirs.getData());
        });
    }

    public static void rawPairs(final byte[] bytes) {
        final RawPairsResponseReader reader = new RawPairsResponseReader();
        check(bytes, RawScanResponse.parser(), reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.getRegionError(), ByteString.EMPTY);
            assertThat(reader.pairs().count()).isEqualTo(theirs.getKvsCount());
            for (int i = 0; i < reader.pairs().count(); i++) {
                pair(reader, i, theirs.getKvs(i));
            }
        });
        assertThat(Messages.parse(RawBatchGetResponse.parser(), bytes) == null)
                .as("both answers have one shape")
                .isEqualTo(Messages.parse(RawScanResponse.parser(), bytes) == null);
    }

    public static void batchCommands(final byte[] bytes) {
        final BatchCommandsReader reader = new BatchCommandsReader();
        final BatchCommandsResponse theirs = Messages.parse(BatchCommandsResponse.parser(), bytes);
        final Reason reason = Messages.read(bytes, (buffer, offset, length) -> {
            reader.wrap(buffer, offset, length);
            if (theirs != null) {
                compare(reader, buffer, theirs);
            } else {
                assertThat(Messages.mentions(bytes, 1, 4))
                        .as("only bodies go unread")
                        .isTrue();
            }
        });
        if (reason != null && theirs != null) {
            assertThat(reason).isIn(Messages.STRICTER);
            if (reason == Reason.INCONSISTENT) {
                assertThat(theirs.getRequestIdsCount()).isNotEqualTo(theirs.getResponsesCount());
            }
        }
    }

    private static <M extends Message> void check(
            final byte[] bytes, final Parser<M> parser, final Wrapping wrapping, final Comparison<M> comparison) {
        final M theirs = Messages.parse(parser, bytes);
        final Reason reason = Messages.read(bytes, (buffer, offset, length) -> {
            final RawResponseReader reader = wrapping.wrap(buffer, offset, length);
            assertThat(reader.buffer()).isSameAs(buffer);
            if (theirs == null) {
                assertThat(Messages.mentions(bytes, 1, 2))
                        .as("only errors go unread")
                        .isTrue();
                return;
            }
            try {
                comparison.compare(theirs);
            } catch (final InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        });
        if (reason != null && theirs != null) {
            assertThat(reason).isIn(Messages.STRICTER);
        }
    }

    private static void errors(
            final RawResponseReader reader, final boolean hasRegionError, final Error error, final ByteString text)
            throws InvalidProtocolBufferException {
        assertThat(reader.hasRegionError()).isEqualTo(hasRegionError);
        assertThat(Error.parseFrom(bytes(reader, reader.regionErrorOffset(), reader.regionErrorLength())))
                .isEqualTo(error);
        assertThat(reader.hasError()).isEqualTo(!text.isEmpty());
        assertThat(bytes(reader, reader.errorOffset(), reader.errorLength())).isEqualTo(text);
        assertThat(reader.error()).isEqualTo(text.toStringUtf8());
    }

    private static void pair(final RawPairsResponseReader reader, final int i, final KvPair theirs)
            throws InvalidProtocolBufferException {
        assertThat(bytes(reader, reader.pairs().keyOffset(i), reader.pairs().keyLength(i)))
                .isEqualTo(theirs.getKey());
        assertThat(bytes(reader, reader.pairs().valueOffset(i), reader.pairs().valueLength(i)))
                .isEqualTo(theirs.getValue());
        assertThat(reader.pairs().hasError(i)).isEqualTo(theirs.hasError());
        if (theirs.hasError()) {
            final ByteString error =
                    bytes(reader, reader.pairs().errorOffset(i), reader.pairs().errorLength(i));
            assertThat(theirs.getError().getParserForType().parseFrom(error)).isEqualTo(theirs.getError());
        }
    }

    private static void compare(
            final BatchCommandsReader reader, final ByteBuf buffer, final BatchCommandsResponse theirs) {
        assertThat(reader.count()).isEqualTo(theirs.getResponsesCount());
        for (int i = 0; i < reader.count(); i++) {
            assertThat(reader.requestId(i)).isEqualTo(theirs.getRequestIds(i));
            final BatchCommandsResponse.Response response = theirs.getResponses(i);
            assertThat(reader.command(i)).isEqualTo(response.getCmdCase().getNumber());
            if (reader.command(i) != BatchCommand.NONE) {
                final FieldDescriptor field = response.getDescriptorForType().findFieldByNumber(reader.command(i));
                final Message expected = (Message) response.getField(field);
                final byte[] body = ByteBufUtil.getBytes(buffer, reader.bodyOffset(i), reader.bodyLength(i));
                assertThat(Messages.parse(expected.getParserForType(), body)).isEqualTo(expected);
            } else {
                assertThat(reader.bodyLength(i)).isZero();
            }
        }
        assertThat(reader.transportLayerLoad()).isEqualTo(theirs.getTransportLayerLoad());
        assertThat(reader.tikvSendTimeNs()).isEqualTo(theirs.getTikvSendTimeNs());
        assertThat(reader.hasHealthFeedback()).isEqualTo(theirs.hasHealthFeedback());
        if (reader.hasHealthFeedback()) {
            final byte[] body =
                    ByteBufUtil.getBytes(buffer, reader.healthFeedbackOffset(), reader.healthFeedbackLength());
            assertThat(Messages.parse(theirs.getHealthFeedback().getParserForType(), body))
                    .isEqualTo(theirs.getHealthFeedback());
        }
    }

    private static ByteString bytes(final RawResponseReader reader, final int offset, final int length) {
        return ByteString.copyFrom(ByteBufUtil.getBytes(reader.buffer(), offset, length));
    }
}
