package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.KeyTtl;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.RawResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import org.jspecify.annotations.Nullable;

/**
 * Stateless. Turns the answer to an operation on one key or region into the object that the blocking and asynchronous
 * faces give.
 *
 * @param <T> the object
 */
@SuppressWarnings("NullAway") // NullAway does not see that T may be a nullable type
interface AnswerReader<T extends @Nullable Object> {

    /** The value of a get; null: no such key. */
    AnswerReader<byte @Nullable []> GET = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.get.wrap(message, offset, length);
        }

        @Override
        public byte @Nullable [] result(RawReaders readers) {
            return readers.get.notFound()
                    ? null
                    : Bytes.copy(readers.get.buffer(), readers.get.valueOffset(), readers.get.valueLength());
        }
    };

    /** Nothing but success. */
    AnswerReader<@Nullable Void> WRITE = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.write.wrap(message, offset, length);
        }

        @Override
        public @Nullable Void result(RawReaders readers) {
            return null;
        }
    };

    /** The time to live of a key. */
    AnswerReader<KeyTtl> KEY_TTL = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.keyTtl.wrap(message, offset, length);
        }

        @Override
        public KeyTtl result(RawReaders readers) {
            return readers.keyTtl.notFound()
                    ? KeyTtl.ABSENT
                    : new KeyTtl(true, readers.keyTtl.ttlSeconds() & Long.MAX_VALUE);
        }
    };

    /** The outcome of a compare-and-swap. */
    AnswerReader<CasResult> CAS = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.cas.wrap(message, offset, length);
        }

        @Override
        public CasResult result(RawReaders readers) {
            byte[] previous = readers.cas.previousNotExist()
                    ? null
                    : Bytes.copy(
                            readers.cas.buffer(), readers.cas.previousValueOffset(), readers.cas.previousValueLength());
            return new CasResult(readers.cas.succeed(), previous);
        }
    };

    /** The checksum of a part of one region. */
    AnswerReader<RawChecksum> CHECKSUM = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.checksum.wrap(message, offset, length);
        }

        @Override
        public RawChecksum result(RawReaders readers) {
            return new RawChecksum(
                    readers.checksum.checksum(), readers.checksum.totalKvs(), readers.checksum.totalBytes());
        }
    };

    /** The answer of a coprocessor plug-in. */
    AnswerReader<byte[]> COPROCESSOR = new AnswerReader<>() {
        @Override
        public RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
                throws MalformedMessageException {
            return readers.coprocessor.wrap(message, offset, length);
        }

        @Override
        public byte[] result(RawReaders readers) {
            return Bytes.copy(
                    readers.coprocessor.buffer(), readers.coprocessor.dataOffset(), readers.coprocessor.dataLength());
        }
    };

    /**
     * Reads an answer in place.
     *
     * @param readers of this thread
     * @param message holds the answer; <i>borrowed</i>
     * @param offset where it begins
     * @param length its length
     * @return the reader, for its errors
     * @throws MalformedMessageException when it cannot be decoded
     */
    RawResponseReader wrap(RawReaders readers, ByteBuf message, int offset, int length)
            throws MalformedMessageException;

    /**
     * Makes the object, after {@link #wrap} and when there was no error.
     *
     * @param readers of this thread
     * @return the result
     */
    T result(RawReaders readers);
}
