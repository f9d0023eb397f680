package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints what a plain grpc-java client gets out of one BatchCommands stream; asserts no number. */
@Tag("slow")
class ThroughputTest {
    private static final int BATCH = 128;
    private static final int WINDOW = 16;
    private static final int MESSAGES = 8_000;

    @Test
    void getsAndPutsInBatches() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context context = context(cluster, cluster.regions().get(0));
            run(store, message(context, true), "puts (warm-up)");
            run(store, message(context, true), "puts");
            run(store, message(context, false), "gets (warm-up)");
            run(store, message(context, false), "gets");
        }
    }

    private static void run(PlainClient store, BatchCommandsRequest message, String name) throws Exception {
        var stream = store.batchCommands();
        long start = System.nanoTime();
        long answered = 0;
        for (int sent = 0; answered < (long) MESSAGES * BATCH; ) {
            for (; sent < MESSAGES && (long) sent * BATCH - answered < (long) WINDOW * BATCH; sent++) {
                stream.send(message);
            }
            answered += stream.next().getRequestIdsCount();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s: %.0f per second%n", name, answered / seconds);
        assertThat(answered).isEqualTo((long) MESSAGES * BATCH);
        stream.call().halfClose();
        assertThat(stream.status().isOk()).isTrue();
    }

    private static BatchCommandsRequest message(Context context, boolean puts) {
        BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
        for (int i = 0; i < BATCH; i++) {
            BatchCommandsRequest.Request.Builder request = BatchCommandsRequest.Request.newBuilder();
            if (puts) {
                request.setRawPut(RawPutRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes("key-" + i))
                        .setValue(bytes("x".repeat(64))));
            } else {
                request.setRawGet(RawGetRequest.newBuilder().setContext(context).setKey(bytes("key-" + i)));
            }
            message.addRequestIds(i).addRequests(request);
        }
        return message.build();
    }
}
