package io.tikvdirect.client.internal;

import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.transport.Compression;
import io.tikvdirect.transport.EventLoopKind;
import io.tikvdirect.transport.EventLoopOptions;
import io.tikvdirect.transport.TlsOptions;
import io.tikvdirect.transport.TransportOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Stateless. What the configuration means for event loops, memory and connections. */
final class TransportSetup {

    private static final int MAX_DEFAULT_LOOPS = 8;

    private TransportSetup() {}

    static EventLoopOptions loops(Config config) {
        EventLoopKind kind = EventLoopKind.valueOf(config.transport().name());
        int half = Runtime.getRuntime().availableProcessors() / 2;
        int loops = config.loops() == 0 ? Math.max(1, Math.min(MAX_DEFAULT_LOOPS, half)) : config.loops();
        return new EventLoopOptions(kind, loops, "tikv-direct-loop");
    }

    static TransportOptions options(Config config, ByteBufAllocator allocator) {
        return TransportOptions.builder(allocator)
                .streamWindow(config.streamWindow())
                .connectionWindow(config.connectionWindow())
                .maxMessageSize(config.messageLimit())
                .connectTimeout(config.connectTimeout())
                .keepAliveTime(config.keepaliveTime())
                .keepAliveTimeout(config.keepaliveTimeout())
                .compression(Compression.valueOf(config.compression().name()))
                .tls(tls(config))
                .build();
    }

    private static @Nullable TlsOptions tls(Config config) {
        if (!config.tlsEnabled()) {
            return null;
        }
        return new TlsOptions(
                path(config.tlsCa()),
                path(config.tlsCert()),
                path(config.tlsKey()),
                config.tlsServerName().isEmpty() ? null : config.tlsServerName(),
                TlsOptions.Provider.valueOf(config.tlsProvider().name()));
    }

    private static @Nullable Path path(String text) {
        return text.isEmpty() ? null : Path.of(text);
    }
}
