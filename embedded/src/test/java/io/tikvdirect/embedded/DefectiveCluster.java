package io.tikvdirect.embedded;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Confined to its main thread but for the interceptor. An embedded cluster with a defect, to prove that a judge notices
 * it: {@code DefectiveCluster DEFECT [v1|v1ttl|v2 [STORES]]} prints {@code ready pd=ADDRESS} and serves until it is
 * ended.
 */
final class DefectiveCluster implements ServerInterceptor {
    private static final FieldDescriptor REQUESTS =
            BatchCommandsRequest.getDescriptor().findFieldByNumber(BatchCommandsRequest.REQUESTS_FIELD_NUMBER);

    private final Defect defect;
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile EmbeddedCluster cluster;

    private DefectiveCluster(Defect defect) {
        this.defect = defect;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        DefectiveCluster defective = new DefectiveCluster(Defect.named(args[0]));
        EmbeddedApiVersion api =
                EmbeddedApiVersion.valueOf((args.length > 1 ? args[1] : "v1").toUpperCase(Locale.ROOT));
        EmbeddedClusterBuilder builder = EmbeddedCluster.builder()
                .apiVersion(api)
                .stores(args.length > 2 ? Integer.parseInt(args[2]) : 3)
                .storeInterceptor(defective);
        if (api == EmbeddedApiVersion.V2) {
            builder.keyspaces("judge_a", "judge_b");
        }
        defective.serve(builder.start());
    }

    private void serve(EmbeddedCluster serving) throws InterruptedException {
        cluster = serving;
        started.countDown();
        Runtime.getRuntime().addShutdownHook(new Thread(serving::close, "defective-cluster-end"));
        System.out.println("ready pd=" + String.join(",", serving.pdAddresses()));
        new CountDownLatch(1).await();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            @SuppressWarnings("unchecked") // a spoilt message is of the type it was
            public void onMessage(Q message) {
                super.onMessage(
                        started.getCount() == 0 && message instanceof Message request ? (Q) spoil(request) : message);
            }
        };
    }

    private Message spoil(Message request) {
        return request instanceof BatchCommandsRequest batch ? spoilAll(batch) : defect.spoil(request, cluster);
    }

    private BatchCommandsRequest spoilAll(BatchCommandsRequest batch) {
        BatchCommandsRequest.Builder spoilt = batch.toBuilder().clearField(REQUESTS);
        for (BatchCommandsRequest.Request one : batch.getRequestsList()) {
            FieldDescriptor command = one.getOneofFieldDescriptor(
                    one.getDescriptorForType().getOneofs().get(0));
            spoilt.addRequests(
                    command == null
                            ? one
                            : one.toBuilder()
                                    .setField(command, defect.spoil((Message) one.getField(command), cluster))
                                    .build());
        }
        return spoilt.build();
    }
}
