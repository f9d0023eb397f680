package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.grpc.GrpcFramingException;
import io.tikvdirect.codec.grpc.GrpcMessageReader;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.key.MemcomparableCodec;
import io.tikvdirect.codec.kv.BatchCommand;
import io.tikvdirect.codec.kv.BatchCommandsEncoder;
import io.tikvdirect.codec.kv.BatchCommandsReader;
import io.tikvdirect.codec.kv.BatchEntryHead;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.codec.kv.RawGetResponseReader;
import io.tikvdirect.codec.kv.RawPointBodies;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread. Each step of one get's way as the cost model has them, for a batch of {@link #batch} gets: figures are per
 * batch, so they are divided by it.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC"})
public class StepsBenchmark {
    private static final int MESSAGE_ROOM = 64 * 1024;

    /** Operations of a batch. */
    @Param({"1", "16", "256"})
    public int batch;

    private final byte[] keyBytes = "b000000000012345".getBytes(US_ASCII);
    private final KeyBuffer key = new KeyBuffer();
    private final RawPointBodies v1Bodies = new RawPointBodies(KeySpace.v1(), "", false);
    private final RawPointBodies v2Bodies = new RawPointBodies(KeySpace.v2(KeyMode.RAW, 7), "", false);
    private final BatchEntryHead head = new BatchEntryHead();
    private final ByteBuf body = Unpooled.directBuffer(256);
    private final ByteBuf request = Unpooled.directBuffer(MESSAGE_ROOM);
    private final ByteBuf answer = Unpooled.directBuffer(MESSAGE_ROOM);
    private final ByteBuf framed = Unpooled.directBuffer(MESSAGE_ROOM);
    private final BatchCommandsReader reader = new BatchCommandsReader();
    private final RawGetResponseReader getReader = new RawGetResponseReader();
    private final MpscVarHandleArrayQueue<Object> queue = new MpscVarHandleArrayQueue<>(1_024);
    private GrpcMessageReader messages;
    private byte[] route;
    private byte[] options;
    private long[] ids;

    @Setup
    public void prepare() {
        key.append(keyBytes);
        v1Bodies.writeGet(body, keyBytes);
        route = new ContextEncoder()
                .regionId(1234)
                .regionEpoch(5, 67)
                .peer(4321, 3)
                .encode();
        options = new ContextEncoder().keySpace(KeySpace.v1()).encode();
        ids = new long[batch];
        for (int i = 0; i < batch; i++) {
            ids[i] = 1_000_000L + i;
        }
        writeAnswer();
        framed.writeByte(0).writeInt(answer.readableBytes()).writeBytes(answer, 0, answer.readableBytes());
        messages = new GrpcMessageReader(framed.alloc(), 1 << 20, false);
    }

    /** What a store answers: responses with values of 64 bytes, then ids. */
    private void writeAnswer() {
        byte[] value = "v".repeat(64).getBytes(US_ASCII);
        int length = WireWriter.bytesFieldSize(3, value.length);
        for (int i = 0; i < batch; i++) {
            WireWriter.writeLengthDelimitedHead(
                    answer, 1, WireWriter.lengthDelimitedSize(BatchCommand.RAW_GET, length));
            WireWriter.writeLengthDelimitedHead(answer, BatchCommand.RAW_GET, length);
            WireWriter.writeBytesField(answer, 3, value);
        }
        WireWriter.writePackedField(answer, 2, ids, batch);
    }

    @TearDown
    public void release() {
        messages.close();
        body.release();
        request.release();
        answer.release();
        framed.release();
    }

    /** A PD key; not on the way of a cached operation. */
    @Benchmark
    public byte[] memcomparableKey() {
        return MemcomparableCodec.encode(keyBytes);
    }

    /** The caller's part: bodies without a key prefix. */
    @Benchmark
    public int encodeBodiesV1() {
        return encodeBodies(v1Bodies);
    }

    /** The caller's part: bodies with the key prefix of API V2. */
    @Benchmark
    public int encodeBodiesV2() {
        return encodeBodies(v2Bodies);
    }

    private int encodeBodies(RawPointBodies bodies) {
        int written = 0;
        for (int i = 0; i < batch; i++) {
            body.clear();
            bodies.writeGet(body, key, 0, key.length());
            written += body.readableBytes();
        }
        return written;
    }

    /** The loop's part: heads, Contexts, bodies and ids into one message. */
    @Benchmark
    public int assembleBatch() {
        request.clear();
        head.forget();
        int length = body.readableBytes();
        for (int i = 0; i < batch; i++) {
            head.describe(BatchCommand.RAW_GET, route, options, 9_999, false, length);
            head.write(request);
            Bytes.writeConfined(request, body, body.readerIndex(), length);
        }
        BatchCommandsEncoder.writeRequestIds(request, ids, batch);
        return request.readableBytes();
    }

    /** A whole gRPC message found in the receive buffer. */
    @Benchmark
    public int findMessage() throws GrpcFramingException {
        framed.readerIndex(0);
        messages.next(framed);
        return messages.length();
    }

    /** The answer's index and each value found in place. */
    @Benchmark
    public int decodeAnswers() throws MalformedMessageException {
        reader.wrap(answer, 0, answer.readableBytes());
        int bytes = 0;
        for (int i = 0; i < reader.count(); i++) {
            bytes += getReader
                    .wrap(answer, reader.bodyOffset(i), reader.bodyLength(i))
                    .valueLength();
        }
        return bytes;
    }

    /** From the caller's thread into the loop's queue and out of it, on one thread: without the cache line's journey. */
    @Benchmark
    public int handOver() {
        for (int i = 0; i < batch; i++) {
            queue.offer(key);
        }
        int taken = 0;
        while (queue.poll() != null) {
            taken++;
        }
        return taken;
    }
}
