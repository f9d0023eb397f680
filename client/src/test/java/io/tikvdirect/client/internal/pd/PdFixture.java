package io.tikvdirect.client.internal.pd;

import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.transport.EventLoopKind;
import io.tikvdirect.transport.EventLoopOptions;
import io.tikvdirect.transport.EventLoops;
import io.tikvdirect.transport.TransportOptions;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A PD client on a loop of its own. */
final class PdFixture implements AutoCloseable {
    final Config config;
    final PdClient client;
    final TimestampOracle oracle;
    private final EventLoops loops = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, 1, "test-pd"));

    PdFixture(final String uri) {
        config = Config.fromUri(uri);
        final TransportOptions options = TransportOptions.builder(new PooledByteBufAllocator(true))
                .connectTimeout(config.connectTimeout())
                .build();
        client = new PdClient(config, loops.next(), options, new Random(3), new Punctuality());
        oracle = new TimestampOracle(config, client);
    }

    static long in(final Duration duration) {
        return System.nanoTime() + duration.toNanos();
    }

    static long soon() {
        return in(Duration.ofSeconds(20));
    }

    static <T> T get(final CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        oracle.close();
        client.close();
        loops.close();
    }
}
