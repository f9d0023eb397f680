package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.internal.net.HostAndPort;
import io.tikvdirect.transport.ConnectionListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.TransportException;
import io.tikvdirect.transport.TransportLoop;
import io.tikvdirect.transport.TransportOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Confined to PD's event loop. One connection for each PD member that is talked to, made when it is first needed. */
final class PdConnections implements ConnectionListener {
    private final Map<HostAndPort, GrpcConnection> open = new HashMap<>();
    private final TransportLoop loop;
    private final TransportOptions options;

    PdConnections(final TransportLoop loop, final TransportOptions options) {
        this.loop = loop;
        this.options = options;
    }

    TransportOptions options() {
        return options;
    }

    /** A connection that takes calls; they wait while it is being made. */
    GrpcConnection to(final HostAndPort address) {
        final GrpcConnection known = open.get(address);
        if (known != null && !known.isClosed() && !known.isDraining()) {
            return known;
        }
        final GrpcConnection made = GrpcConnection.connect(loop, address.host(), address.port(), options, this);
        open.put(address, made);
        return made;
    }

    /** Closes the connection to a member that does not answer, so that the next call makes another. */
    void drop(final HostAndPort address, final String reason) {
        final GrpcConnection connection = open.remove(address);
        if (connection != null) {
            connection.closeNow(reason);
        }
    }

    /** Closes connections to whoever is no member any more. */
    void retain(final Set<HostAndPort> members) {
        for (final HostAndPort address : List.copyOf(open.keySet())) {
            if (!members.contains(address)) {
                drop(address, "no longer a PD member");
            }
        }
    }

    void closeAll() {
        for (final HostAndPort address : List.copyOf(open.keySet())) {
            drop(address, "the client is closed");
        }
    }

    @Override
    public void onClosed(final GrpcConnection connection, final TransportException cause) {
        open.values().remove(connection);
    }
}
