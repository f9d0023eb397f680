package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.internal.events.ClientEvents;
import io.tikvdirect.client.internal.net.HostAndPort;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.Compression;
import io.tikvdirect.transport.ConnectionListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.TransportException;
import io.tikvdirect.transport.TransportOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confined to its link's event loop. The link's connection and the succession of its streams.
 *
 * <table>
 *   <caption>What happens when</caption>
 *   <tr><td>an operation is to be sent and there is no connection</td><td>connect, unless a pause is running</td></tr>
 *   <tr><td>the connection is ready</td><td>open a stream of the next generation, drain</td></tr>
 *   <tr><td>GOAWAY</td><td>the stream serves what it has and is then given up; a new connection takes what comes</td></tr>
 *   <tr><td>the stream ends</td><td>its operations go the slow path; pause, then a new stream</td></tr>
 *   <tr><td>connecting fails, or the connection is lost</td><td>what waits goes the slow path; pause</td></tr>
 * </table>
 *
 * <p>Nothing is attempted while nobody wants to send, and never twice without the pause of {@link Reconnect} in between.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
final class LinkStreams implements ConnectionListener {

    private static final Logger LOG = LoggerFactory.getLogger(LinkStreams.class);
    private static final String SILENT = "the store does not answer its health check";

    private final StoreLink link;
    private final TransportOptions options;
    private final StoreProbe probe;
    private final Reconnect reconnect = new Reconnect();
    private final List<BatchStream> draining = new ArrayList<>();
    private final List<CompletableFuture<Void>> awaited = new ArrayList<>();
    private @Nullable GrpcConnection connecting;
    private @Nullable GrpcConnection connection;
    private @Nullable BatchStream current;
    private int failureEpoch;
    private int lastGeneration;
    private boolean pausing;
    /** The store did not answer a probe: the next connection is not used before one was answered on it. */
    private boolean suspect;

    private boolean closed;

    LinkStreams(StoreLink link, TransportOptions options, StoreProbe probe) {
        this.link = link;
        this.options = options;
        this.probe = probe;
    }

    /**
     * The stream to write to.
     *
     * @return null while there is none; the link is drained when there is one again
     */
    @Nullable
    BatchStream ready() {
        if (current == null && !pausing && !closed) {
            advance();
        }
        return current;
    }

    /** Connects without anything to send. */
    void connect(CompletableFuture<Void> connected) {
        if (closed) {
            connected.completeExceptionally(new IllegalStateException("the link is closed"));
        } else if (connection != null) {
            connected.complete(null);
        } else {
            awaited.add(connected);
            ready();
        }
    }

    private void tellAwaiting(@Nullable TransportException failure) {
        List<CompletableFuture<Void>> told = List.copyOf(awaited);
        awaited.clear();
        for (CompletableFuture<Void> each : told) {
            if (failure == null) {
                each.complete(null);
            } else {
                each.completeExceptionally(failure);
            }
        }
    }

    private void advance() {
        GrpcConnection usable = connection;
        if (usable != null) {
            current = new BatchStream(link, this, usable, callOptions(), options.allocator(), ++lastGeneration);
        } else if (connecting == null) {
            HostAndPort address = Objects.requireNonNull(link.store().address(), "a region's leader has an address");
            failureEpoch = link.store().failureEpoch();
            connecting = GrpcConnection.connect(link.transportLoop(), address.host(), address.port(), options, this);
        }
    }

    private CallOptions callOptions() {
        return CallOptions.DEFAULT.withGzip(options.compression() == Compression.GZIP);
    }

    @Override
    public void onReady(GrpcConnection ready) {
        if (suspect && !closed) {
            probe.ask(ready, alive -> onVetted(ready, alive));
        } else {
            use(ready);
        }
    }

    /** While it is vetted a connection counts as being made: its end is a failure to connect. */
    private void onVetted(GrpcConnection ready, boolean alive) {
        if (!alive) {
            ready.closeNow(SILENT);
        } else if (ready == connecting) {
            suspect = false;
            use(ready);
        }
    }

    private void use(GrpcConnection ready) {
        connecting = null;
        if (closed) {
            ready.closeGracefully();
        } else {
            connection = ready;
            link.store().onReachable();
            ready();
            tellAwaiting(null);
            link.drain();
        }
    }

    /** Asks whether the store is there; if not, its operations go another way and it is avoided until it answers again. */
    void probe() {
        GrpcConnection asked = connection;
        if (asked != null) {
            probe.ask(asked, alive -> {
                if (!alive && asked == connection) {
                    LOG.debug(
                            "store {} does not answer a health check",
                            link.store().id());
                    suspect = true;
                    link.store().onUnreachable(failureEpoch, System.nanoTime());
                    link.onSilence();
                    asked.closeNow(SILENT);
                }
            });
        }
    }

    @Override
    public void onDraining(GrpcConnection old) {
        if (old != connection) {
            return;
        }
        connection = null;
        BatchStream stream = current;
        current = null;
        if (stream != null) {
            draining.add(stream);
            retireDrained();
        }
        link.onWritable();
    }

    @Override
    public void onClosed(GrpcConnection gone, TransportException cause) {
        boolean wasConnecting = gone == connecting;
        boolean wasCurrent = gone == connection;
        connecting = wasConnecting ? null : connecting;
        connection = wasCurrent ? null : connection;
        if (closed || !(wasConnecting || wasCurrent)) {
            return;
        }
        String why = String.valueOf(cause.getMessage());
        LOG.debug("connection to store {} ended: {}", link.store().id(), why);
        ClientEvents.connectionLost(link.store().id(), why);
        pause();
        if (wasConnecting) {
            link.store().onUnreachable(failureEpoch, System.nanoTime());
            tellAwaiting(cause);
            link.onConnectFailure(cause);
        } else {
            link.onWritable();
        }
    }

    /** A stream is over; called before the link is told about its operations. */
    void onStreamClosed(BatchStream stream) {
        draining.remove(stream);
        if (stream == current) {
            current = null;
            if (!closed) {
                pause();
            }
        }
    }

    private void pause() {
        if (!pausing) {
            pausing = true;
            link.loop().schedule(this::resume, reconnect.failed(), TimeUnit.MILLISECONDS);
        }
    }

    private void resume() {
        pausing = false;
        if (!closed && link.isBusy()) {
            link.drain();
        } else if (!closed && !awaited.isEmpty()) {
            ready();
        }
    }

    /** The store has answered: it is well. */
    void onProgress() {
        if (reconnect.failures() != 0) {
            reconnect.succeeded();
        }
    }

    /** A request of some stream was given up. */
    void settled(int generation) {
        BatchStream stream = current;
        if (stream != null && stream.generation() == generation) {
            stream.settled();
            return;
        }
        for (BatchStream old : draining) {
            if (old.generation() == generation) {
                old.settled();
            }
        }
    }

    /** Ends draining streams that nothing waits for any more. */
    void retireDrained() {
        if (draining.isEmpty()) {
            return;
        }
        for (BatchStream stream : List.copyOf(draining)) {
            if (stream.isIdle()) {
                stream.retire();
                stream.connection().closeGracefully();
            }
        }
    }

    /**
     * Gives the connection back, when there is one and all its streams have nothing to wait for.
     *
     * @return whether there was one
     */
    boolean recycle() {
        GrpcConnection idle = connection;
        if (idle == null || !draining.isEmpty()) {
            return false;
        }
        BatchStream stream = current;
        connection = null;
        current = null;
        if (stream != null) {
            stream.retire();
        }
        idle.closeGracefully();
        return true;
    }

    /** Ends the present connection, its streams with it; the next use connects anew. */
    void disconnect() {
        if (connection != null) {
            connection.closeNow("the store has moved");
        }
    }

    void close() {
        closed = true;
        List<CompletableFuture<Void>> told = List.copyOf(awaited);
        awaited.clear();
        told.forEach(each -> each.completeExceptionally(new IllegalStateException("the link is closed")));
        List<BatchStream> streams = new ArrayList<>(draining);
        if (current != null) {
            streams.add(current);
        }
        streams.forEach(stream -> {
            stream.retire();
            stream.connection().closeGracefully();
        });
        if (connection != null) {
            connection.closeGracefully();
        }
        if (connecting != null) {
            connecting.closeGracefully();
        }
    }
}
