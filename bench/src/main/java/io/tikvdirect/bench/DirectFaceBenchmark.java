package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread. Point operations on the direct face, the server in another process: with {@code -prof gc} the bytes per
 * operation are those of all threads of the client. At the end of a trial it says what the idle client still allocates.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 3, time = 10)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC"})
public class DirectFaceBenchmark {
    private static final int OPERATIONS = 20_000;
    private static final int KEYS = 1 << 14;

    /** Operations in flight at any time. */
    @Param({"1", "16", "256"})
    public int inFlight;

    /** Bytes of a value. */
    @Param("64")
    public int valueSize;

    private ServerProcess server;
    private TikvClient client;
    private ClosedLoop gets;
    private ClosedLoop puts;
    private ClosedLoop deletes;

    @Setup(Level.Trial)
    public void open() throws IOException {
        server = ServerProcess.start();
        client = TikvClient.open(
                Config.builder().pdAddresses(server.pdAddresses().split(",")).build());
        RawClient raw = client.raw();
        KeyBuffer value = new KeyBuffer();
        value.append("v".repeat(valueSize).getBytes(US_ASCII));
        KeyBuffer[] keys = new KeyBuffer[KEYS];
        for (int i = 0; i < KEYS; i++) {
            byte[] key = String.format("bench%09d", i).getBytes(US_ASCII);
            raw.put(key, "v".repeat(valueSize).getBytes(US_ASCII));
            keys[i] = new KeyBuffer();
            keys[i].append(key);
        }
        gets = new ClosedLoop(raw.direct(), ClosedLoop.Kind.GET, keys, value);
        puts = new ClosedLoop(raw.direct(), ClosedLoop.Kind.PUT, keys, value);
        deletes = new ClosedLoop(raw.direct(), ClosedLoop.Kind.DELETE, keys, value);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "benchmark-end"));
    }

    /**
     * At the end of the JVM, not of the trial: JMH counts what a trial's tear-down allocates into its last iteration.
     */
    @SuppressWarnings("SystemOut") // beside JMH's own figures
    private void close() {
        try {
            System.out.printf("%nidle: %.0f bytes per second, all threads%n", IdleAllocation.bytesPerSecond());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
        server.close();
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void get() {
        gets.run(OPERATIONS, inFlight);
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void put() {
        puts.run(OPERATIONS, inFlight);
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void delete() {
        deletes.run(OPERATIONS, inFlight);
    }
}
