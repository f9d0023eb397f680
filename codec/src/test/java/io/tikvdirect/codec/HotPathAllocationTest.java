package io.tikvdirect.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tikvdirect.codec.buffer.BufferView;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.grpc.GrpcMessagePrefix;
import io.tikvdirect.codec.grpc.GrpcMessageReader;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.BatchCommand;
import io.tikvdirect.codec.kv.BatchCommandsEncoder;
import io.tikvdirect.codec.kv.BatchCommandsReader;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.codec.kv.RawBatchBodies;
import io.tikvdirect.codec.kv.RawGetResponseReader;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.kv.RawPointBodies;
import io.tikvdirect.codec.kv.RawRangeBodies;
import io.tikvdirect.codec.kv.RawWriteResponseReader;
import io.tikvdirect.codec.kv.UnaryRequestEncoder;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the hot path does per operation allocates nothing once it is warm; bytes are counted, no time is measured. */
class HotPathAllocationTest {
    private static final int OPERATIONS = 20_000;
    private static final double BUDGET_BYTES_PER_OPERATION = 1.0;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final KeySpace space = KeySpace.v2(KeyMode.RAW, 42);
    private final RawPointBodies point = new RawPointBodies(space, "", true);
    private final RawBatchBodies batch = new RawBatchBodies(space, "", true);
    private final RawRangeBodies range = new RawRangeBodies(space, "");
    private final byte[] route =
            new ContextEncoder().regionId(300).regionEpoch(5, 60).peer(301, 4).encode();
    private final byte[] options = new ContextEncoder().keySpace(space).encode();
    private final KeyBuffer key = new KeyBuffer().appendAscii("user:").appendLong(1234567);
    private final byte[] keyArray = key.toByteArray();
    private final byte[] value = new byte[300];
    private final ByteBuf out = new UnpooledByteBufAllocator(true, true).directBuffer(1 << 16);
    private final ByteBuf in = new UnpooledByteBufAllocator(true, true).directBuffer(1 << 16);
    private final BufferView view = new BufferView();
    private final BufferView valueView = new BufferView();

    @FunctionalInterface
    interface Operation {
        void run() throws Exception;
    }

    @AfterEach
    void release() {
        out.release();
        in.release();
    }

    @Test
    void bodiesOfSingleKeys() throws Exception {
        valueView.wrap(value);
        assertAllocatesNothing(() -> {
            out.clear();
            key.clear().appendAscii("user:").appendLong(out.capacity());
            point.writeGet(out, key, 0, key.length());
            point.writePut(out, key, 0, key.length(), valueView, 0, value.length, 60);
            point.writeDelete(out, key, 0, key.length());
            point.writeGet(out, keyArray);
            point.writePut(out, keyArray, value, 0);
            point.writeDelete(out, keyArray);
        });
    }

    @Test
    void bodiesOfManyKeysAndRanges() throws Exception {
        valueView.wrap(value);
        assertAllocatesNothing(() -> {
            out.clear();
            for (int i = 0; i < 10; i++) {
                batch.writeKey(out, key, 0, key.length());
                batch.writePair(out, key, 0, key.length(), valueView, 0, value.length);
            }
            batch.finishBatchGet(out);
            batch.finishBatchDelete(out);
            batch.finishBatchPut(out, 10, 60);
            range.writeScan(out, key, 0, key.length(), key, 0, 0, 100, true, false);
            range.writeScan(out, keyArray, keyArray, 100, true, true);
        });
    }

    @Test
    void batchesOfRequests() throws Exception {
        final long[] ids = new long[16];
        final int bodyLength = point.getSize(keyArray.length);
        in.writeZero(bodyLength);
        assertAllocatesNothing(() -> {
            out.clear();
            GrpcMessagePrefix.write(out, 0);
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i + 1_000_000L;
                BatchCommandsEncoder.writeEntryHead(
                        out, BatchCommand.RAW_GET, route, options, 20_000, false, bodyLength);
                Bytes.writeConfined(out, in, in.readerIndex(), bodyLength);
            }
            BatchCommandsEncoder.writeRequestIds(out, ids, ids.length);
            GrpcMessagePrefix.set(out, 0, out.readableBytes() - GrpcMessagePrefix.LENGTH);
            UnaryRequestEncoder.writeHead(out, route, options, 0, true);
        });
    }

    @Test
    void batchesOfAnswers() throws Exception {
        final BatchCommandsReader reader = new BatchCommandsReader();
        final RawGetResponseReader get = new RawGetResponseReader();
        final RawWriteResponseReader write = new RawWriteResponseReader();
        for (int i = 0; i < 8; i++) {
            in.writeBytes(Messages.hex("0A 07 6A 05 1A 03 616263 0A 02 7A 00 10 8101 10 8201"));
        }
        assertAllocatesNothing(() -> {
            reader.wrap(in, 0, in.readableBytes());
            for (int i = 0; i < reader.count(); i++) {
                if (reader.command(i) == BatchCommand.RAW_GET) {
                    get.wrap(in, reader.bodyOffset(i), reader.bodyLength(i));
                    view.wrap(get.buffer(), get.valueOffset(), get.valueLength());
                    require(view.capacity() == 3 && reader.requestId(i) > 0);
                } else {
                    require(!write.wrap(in, reader.bodyOffset(i), reader.bodyLength(i))
                            .hasRegionError());
                }
            }
        });
    }

    @Test
    void copiesBetweenBuffers() throws Exception {
        in.writeZero(8_000);
        view.wrap(in, 0, 200);
        assertAllocatesNothing(() -> {
            out.clear();
            Bytes.writeConfined(out, in, 10, 7_000);
            Bytes.write(out, in, 10, 255);
            Bytes.write(out, view, 0, 200);
            Bytes.write(out, key, 0, key.length());
        });
    }

    @Test
    void pagesOfPairs() throws Exception {
        final RawPairsResponseReader reader = new RawPairsResponseReader();
        final byte[] storeKey = space.storeKey(keyArray);
        for (int i = 0; i < 20; i++) {
            in.writeByte(0x12).writeByte(storeKey.length + 5);
            in.writeByte(0x12).writeByte(storeKey.length).writeBytes(storeKey);
            in.writeBytes(Messages.hex("1A 01 61"));
        }
        assertAllocatesNothing(() -> {
            reader.wrap(in, 0, in.readableBytes());
            for (int i = 0; i < reader.pairs().count(); i++) {
                final int userKey = space.userKeyOffset(
                        in, reader.pairs().keyOffset(i), reader.pairs().keyLength(i));
                require(Bytes.compare(in, userKey, keyArray.length, keyArray) == 0);
                view.wrap(in, reader.pairs().valueOffset(i), reader.pairs().valueLength(i));
                require(view.getByte(0) == 'a');
            }
        });
    }

    @Test
    void messagesThatArriveWhole() throws Exception {
        GrpcMessagePrefix.write(in, 100);
        in.writeZero(100);
        GrpcMessagePrefix.write(in, 0);
        try (GrpcMessageReader reader = new GrpcMessageReader(in.alloc(), 1000, false)) {
            assertAllocatesNothing(() -> {
                in.readerIndex(0);
                require(reader.next(in) && reader.length() == 100);
                require(reader.next(in) && reader.length() == 0);
                require(!reader.next(in));
            });
        }
    }

    private static void require(final boolean condition) {
        if (!condition) {
            throw new AssertionError("not what was written");
        }
    }

    private static void assertAllocatesNothing(final Operation operation) throws Exception {
        run(operation);
        final long before =
                THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        run(operation);
        final long allocated =
                THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated / (double) OPERATIONS).as("bytes per operation").isLessThan(BUDGET_BYTES_PER_OPERATION);
    }

    private static void run(final Operation operation) throws Exception {
        for (int i = 0; i < OPERATIONS; i++) {
            operation.run();
        }
    }
}
