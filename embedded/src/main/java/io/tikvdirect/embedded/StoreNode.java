package io.tikvdirect.embedded;

import io.grpc.ServerInterceptor;
import io.tikvdirect.embedded.internal.serving.HealthService;
import io.tikvdirect.embedded.internal.serving.Loopback;
import io.tikvdirect.embedded.internal.serving.LoopbackServer;
import io.tikvdirect.embedded.internal.serving.RequestGate;
import io.tikvdirect.embedded.internal.serving.ServerTls;
import io.tikvdirect.embedded.internal.serving.ServingLoops;
import io.tikvdirect.embedded.internal.store.StoreParts;
import io.tikvdirect.embedded.internal.store.StoreService;
import io.tikvdirect.proto.metapb.NodeState;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.metapb.StoreState;
import io.tikvdirect.proto.tikvpb.TikvpbProto;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. One store: its server and how PD describes it. */
final class StoreNode {
    /** The version that the recorded answers came from, which is what the store behaves like. */
    private static final String VERSION = "9.0.0-beta.2";

    private final long id;
    private final LoopbackServer server;
    private final InstantSource clock;
    private final long startSecond;

    StoreNode(
            long id,
            StoreParts parts,
            ServingLoops loops,
            @Nullable ServerTls tls,
            RequestGate gate,
            List<ServerInterceptor> interceptors,
            InstantSource clock) {
        this.id = id;
        this.clock = clock;
        this.startSecond = clock.millis() / 1000;
        this.server = new LoopbackServer(loops, tls);
        StoreService service = new StoreService(parts, id);
        server.serve(TikvpbProto.getDescriptor().findServiceByName("Tikv"), gate, service::register);
        HealthService.register(server, gate);
        interceptors.forEach(server::intercept);
    }

    long id() {
        return id;
    }

    void start() throws IOException {
        server.start(server.port());
    }

    /** Starts on a port that is surely another one: the old one is held meanwhile. */
    void move() throws IOException {
        try (ServerSocket held = new ServerSocket()) {
            held.bind(new InetSocketAddress(Loopback.ADDRESS, server.port()));
            server.start(0);
        }
    }

    void stop() {
        server.stop();
    }

    void close() {
        server.close();
    }

    EmbeddedStore describe() {
        return new EmbeddedStore(id, server.address(), server.isRunning());
    }

    Store meta() {
        return Store.newBuilder()
                .setId(id)
                .setAddress(server.address())
                .setPeerAddress(server.address())
                .setStatusAddress(server.address())
                .setState(StoreState.Up)
                .setNodeState(NodeState.Serving)
                .setVersion(VERSION)
                .setGitHash("embedded")
                .setDeployPath("embedded")
                .setStartTimestamp(startSecond)
                .setLastHeartbeat(clock.millis() * 1_000_000)
                .build();
    }
}
