/** The messages of TiKV and PD, generated from the {@code .proto} files that travel in the same jar. */
module io.tikvdirect.proto {
    requires transitive com.google.protobuf;

    exports io.tikvdirect.proto.apipb;
    exports io.tikvdirect.proto.coprocessor;
    exports io.tikvdirect.proto.deadlock;
    exports io.tikvdirect.proto.disaggregated;
    exports io.tikvdirect.proto.disk_usage;
    exports io.tikvdirect.proto.encryptionpb;
    exports io.tikvdirect.proto.eraftpb;
    exports io.tikvdirect.proto.errorpb;
    exports io.tikvdirect.proto.gcpb;
    exports io.tikvdirect.proto.keyspacepb;
    exports io.tikvdirect.proto.kvrpcpb;
    exports io.tikvdirect.proto.meta_storagepb;
    exports io.tikvdirect.proto.metapb;
    exports io.tikvdirect.proto.mpp;
    exports io.tikvdirect.proto.pdpb;
    exports io.tikvdirect.proto.raft_serverpb;
    exports io.tikvdirect.proto.replication_modepb;
    exports io.tikvdirect.proto.resource_manager;
    exports io.tikvdirect.proto.routerpb;
    exports io.tikvdirect.proto.tikvpb;
    exports io.tikvdirect.proto.tracepb;
    exports io.tikvdirect.proto.tsopb;
}
