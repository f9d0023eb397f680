package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.tikvdirect.embedded.internal.serving.LoopbackServer;
import io.tikvdirect.embedded.internal.serving.RequestGate;
import io.tikvdirect.embedded.internal.topology.Ids;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.proto.pdpb.PdpbProto;

/** Confined to its caller; what it registers is thread-safe. The table of all that PD answers. */
public final class PdService {
    private final PdHeaders headers;
    private final MemberService members;
    private final RegionService regionService;
    private final TimeService time;
    private final EtcdMembers etcd;

    /**
     * PD's services.
     *
     * @param server where they will be served
     * @param maxPeers how many replicas PD wants of a region
     */
    public PdService(
            long clusterId,
            LoopbackServer server,
            StoreDirectory stores,
            Regions regions,
            TimestampOracle oracle,
            Ids ids,
            int maxPeers) {
        this.headers = new PdHeaders(clusterId);
        this.members = new MemberService(headers, server::address, stores, ids, maxPeers);
        this.regionService = new RegionService(headers, regions);
        this.time = new TimeService(headers, oracle);
        this.etcd = new EtcdMembers(clusterId, server::address);
    }

    /** Registers everything at {@code server}. */
    public void register(LoopbackServer server, RequestGate gate) {
        server.serve(service(PdpbProto.getDescriptor(), "PD"), gate, service -> {
            PdCommands pd = new PdCommands(service, headers);
            members.register(pd);
            regionService.register(pd);
            time.register(pd);
            return service;
        });
        server.serve(etcd.service(), gate, etcd::register);
    }

    private static ServiceDescriptor service(FileDescriptor file, String name) {
        ServiceDescriptor service = file.findServiceByName(name);
        if (service == null) {
            throw new IllegalStateException("no service " + name + " in " + file.getName());
        }
        return service;
    }
}
