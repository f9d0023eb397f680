package io.tikvdirect.client.internal.region;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tikvdirect.client.internal.net.HostAndPort;
import io.tikvdirect.proto.metapb.PeerRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Stateless. Regions and stores for tests. */
public final class RegionFixtures {
    static final RouteEncoder NO_CONTEXT = (regionId, confVersion, version, peer, buckets) -> new byte[0];

    private RegionFixtures() {}

    static byte[] key(final String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** A store whose failures are not told to any table. */
    static Store store(final long id) {
        return store(id, new Generation());
    }

    static Store store(final long id, final Generation generation) {
        final Store store = new Store(id, generation);
        store.update(up("127.0.0.1", (int) (1000 + id)));
        return store;
    }

    static Store.Description up(final String host, final int port) {
        return new Store.Description(new HostAndPort(host, port), Store.State.UP, "8.5.0", Map.of());
    }

    public static Region region(
            final long id, final long version, final long confVersion, final String start, final String end) {
        return region(id, version, confVersion, key(start), key(end), store(1));
    }

    public static Region region(
            final long id,
            final long version,
            final long confVersion,
            final byte[] start,
            final byte[] end,
            final Store leader) {
        final List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            peers.add(new Peer(id * 10 + i, leader.id() + i, PeerRole.Voter));
        }
        return new Region.Builder(id, confVersion, version, start, end, peers)
                .lifetime(0, 600)
                .build(0, leader, NO_CONTEXT, 0);
    }
}
