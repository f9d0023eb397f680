package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.tikvdirect.embedded.internal.serving.LoopbackServer;
import io.tikvdirect.embedded.internal.serving.RequestGate;
import io.tikvdirect.embedded.internal.topology.Ids;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.proto.keyspacepb.KeyspacepbProto;
import io.tikvdirect.proto.meta_storagepb.MetaStoragepbProto;
import io.tikvdirect.proto.pdpb.PdpbProto;
import io.tikvdirect.proto.resource_manager.ResourceManagerProto;
import java.time.InstantSource;
import java.util.function.LongConsumer;

/** Confined to its caller; what it registers is thread-safe. The table of all that PD answers. */
public final class PdService {
    private final PdHeaders headers;
    private final MemberService members;
    private final RegionService regionService;
    private final TimeService time;
    private final GcService gc;
    private final KeyspaceService keyspaceService;
    private final MetaStorageService metaStorage;
    private final ResourceGroupService resourceGroups = new ResourceGroupService();
    private final EtcdMembers etcd;

    /**
     * PD's services.
     *
     * @param server where they will be served
     * @param maxPeers how many replicas PD wants of a region
     * @param clock the time of keyspaces and of barriers
     * @param gcSafePoint is told each new GC safe point
     */
    public PdService(
            long clusterId,
            LoopbackServer server,
            StoreDirectory stores,
            Regions regions,
            TimestampOracle oracle,
            Ids ids,
            int maxPeers,
            Keyspaces keyspaces,
            InstantSource clock,
            LongConsumer gcSafePoint) {
        this.headers = new PdHeaders(clusterId);
        this.members = new MemberService(headers, server::url, stores, ids, maxPeers);
        this.regionService = new RegionService(headers, regions);
        this.time = new TimeService(headers, oracle);
        this.gc = new GcService(headers, new GcState(clock, gcSafePoint), keyspaces);
        this.keyspaceService = new KeyspaceService(headers, keyspaces, clock);
        this.metaStorage = new MetaStorageService(clusterId);
        this.etcd = new EtcdMembers(clusterId, server::url);
    }

    /** Registers everything at {@code server}. */
    public void register(LoopbackServer server, RequestGate gate) {
        server.serve(service(PdpbProto.getDescriptor(), "PD"), gate, service -> {
            PdCommands pd = new PdCommands(service, headers);
            members.register(pd);
            regionService.register(pd);
            time.register(pd);
            gc.register(pd);
            return service;
        });
        server.serve(service(KeyspacepbProto.getDescriptor(), "Keyspace"), gate, service -> {
            keyspaceService.register(new PdCommands(service, headers));
            return service;
        });
        server.serve(service(MetaStoragepbProto.getDescriptor(), "MetaStorage"), gate, metaStorage::register);
        server.serve(service(ResourceManagerProto.getDescriptor(), "ResourceManager"), gate, resourceGroups::register);
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
