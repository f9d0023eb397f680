package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.ChannelFactory;
import io.tikvdirect.bench.nullserver.NullServer;
import io.tikvdirect.bench.nullserver.NullSettings;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.transport.EventLoops;
import io.tikvdirect.transport.TransportLoop;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole way of an operation on the direct face, with the socket replaced by a peer in memory on the same event loop:
 * what the code costs without the kernel. The peer's answering is part of the figure.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC"})
public class WholePathBenchmark {
    private static final int OPERATIONS = 20_000;
    private static final int KEYS = 1_024;

    /** Operations at once. */
    @Param({"1", "16", "256"})
    public int inFlight;

    private NullServer pd;
    private TikvClient client;
    private ClosedLoop gets;
    private ClosedLoop puts;

    @Setup
    public void open() throws ReflectiveOperationException {
        NullSettings settings = new NullSettings(KEYS, 64, 0, 1, 1);
        pd = NullServer.start(settings);
        client = TikvClient.open(Config.builder().pdAddresses(pd.pdAddress()).build());
        replaceSockets(client, () -> new MemoryChannel(NullServer.storeHandler(settings)));
        KeyBuffer[] keys = new KeyBuffer[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new KeyBuffer();
            keys[i].append(String.format("b%015d", i).getBytes(US_ASCII));
        }
        KeyBuffer value = new KeyBuffer();
        value.append("v".repeat(64).getBytes(US_ASCII));
        gets = new ClosedLoop(client.raw().direct(), ClosedLoop.Kind.GET, keys, value);
        puts = new ClosedLoop(client.raw().direct(), ClosedLoop.Kind.PUT, keys, value);
    }

    /** Connections made from now on are of the given kind; PD's stands already. There is no seam for this, and none is needed. */
    private static void replaceSockets(TikvClient client, ChannelFactory<MemoryChannel> channels)
            throws ReflectiveOperationException {
        Field parts = client.getClass().getDeclaredField("parts");
        parts.setAccessible(true);
        Object all = parts.get(client);
        var accessor = all.getClass().getDeclaredMethod("loops");
        accessor.setAccessible(true);
        EventLoops loops = (EventLoops) accessor.invoke(all);
        Field factory = TransportLoop.class.getDeclaredField("channels");
        factory.setAccessible(true);
        for (int i = 0; i < loops.size(); i++) {
            factory.set(loops.loop(i), channels);
        }
    }

    @TearDown
    public void close() {
        client.close();
        pd.close();
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
}
