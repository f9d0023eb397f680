package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What TiKV's source says of raw commands and no recording shows ({@code src/storage/mod.rs} of August 2026). */
class RawChecksTest {
    @RegisterExtension
    static final EmbeddedClusterExtension TIKV =
            new EmbeddedClusterExtension(builder -> builder.apiVersion(EmbeddedApiVersion.V1));

    private static final ByteString TOO_LONG = ByteString.copyFrom(new byte[8193]);

    private final EmbeddedCluster cluster = TIKV.cluster();
    private final Context context = context(cluster, cluster.regions().get(0));
    private final Context elsewhere = context.toBuilder().setRegionId(999).build();
    private final PlainClient store = PlainClient.ofStore(cluster, 0);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void readsLookForTheRegionBeforeTheColumnFamilyAndWritesAfter() {
        RawGetRequest get = RawGetRequest.newBuilder()
                .setContext(elsewhere)
                .setKey(bytes("k"))
                .setCf("nocf")
                .build();
        RawGetResponse read = store.tikv("RawGet", get, RawGetResponse.getDefaultInstance());
        assertThat(read.hasRegionError()).isTrue();
        assertThat(read.getError()).isEmpty();
        RawPutRequest put = RawPutRequest.newBuilder()
                .setContext(elsewhere)
                .setKey(bytes("k"))
                .setCf("nocf")
                .build();
        RawPutResponse written = store.tikv("RawPut", put, RawPutResponse.getDefaultInstance());
        assertThat(written.hasRegionError()).isFalse();
        assertThat(written.getError()).isEqualTo("invalid cf name: nocf");
    }

    @Test
    void pairsShowTheStructureOfAnErrorAndAnswersItsMessage() {
        RawScanRequest scan = RawScanRequest.newBuilder()
                .setContext(context)
                .setCf("nocf")
                .setLimit(1)
                .build();
        RawScanResponse scanned = store.tikv("RawScan", scan, RawScanResponse.getDefaultInstance());
        assertThat(scanned.getKvs(0).getError().getAbort()).isEqualTo("Error(InvalidCf(\"nocf\"))");
    }

    @Test
    void atomicWritesTakeKeysOfAnyLength() {
        RawPutRequest put = RawPutRequest.newBuilder()
                .setContext(context)
                .setKey(TOO_LONG)
                .setValue(bytes("v"))
                .build();
        RawPutResponse plain = store.tikv("RawPut", put, RawPutResponse.getDefaultInstance());
        assertThat(plain.getError()).contains("max key size exceeded");
        RawPutResponse atomic =
                store.tikv("RawPut", put.toBuilder().setForCas(true).build(), RawPutResponse.getDefaultInstance());
        assertThat(atomic).isEqualTo(RawPutResponse.getDefaultInstance());
        RawDeleteRequest delete = RawDeleteRequest.newBuilder()
                .setContext(context)
                .setKey(TOO_LONG)
                .setForCas(true)
                .build();
        RawDeleteResponse deleted = store.tikv("RawDelete", delete, RawDeleteResponse.getDefaultInstance());
        assertThat(deleted).isEqualTo(RawDeleteResponse.getDefaultInstance());
    }

    @Test
    void anEmptyAtomicBatchSucceedsAndAnOrdinaryOneDoesNot() {
        RawBatchDeleteRequest nothing =
                RawBatchDeleteRequest.newBuilder().setContext(context).build();
        assertThat(store.tikv("RawBatchDelete", nothing, RawBatchDeleteResponse.getDefaultInstance())
                        .getError())
                .isEqualTo("an empty request");
        assertThat(store.tikv(
                        "RawBatchDelete",
                        nothing.toBuilder().setForCas(true).build(),
                        RawBatchDeleteResponse.getDefaultInstance()))
                .isEqualTo(RawBatchDeleteResponse.getDefaultInstance());
    }

    @Test
    void withoutTtlsAPairWithoutPartnerIsForgotten() {
        RawBatchPutRequest put = RawBatchPutRequest.newBuilder()
                .setContext(context)
                .addPairs(KvPair.newBuilder().setKey(bytes("p1")).setValue(bytes("1")))
                .addPairs(KvPair.newBuilder().setKey(bytes("p2")).setValue(bytes("2")))
                .addPairs(KvPair.newBuilder().setKey(bytes("p3")).setValue(bytes("3")))
                .addTtls(0)
                .addTtls(0)
                .build();
        assertThat(store.tikv("RawBatchPut", put, RawBatchPutResponse.getDefaultInstance()))
                .isEqualTo(RawBatchPutResponse.getDefaultInstance());
        assertThat(get("p2").getValue()).isEqualTo(bytes("2"));
        assertThat(get("p3").getNotFound()).isTrue();
    }

    private RawGetResponse get(String key) {
        RawGetRequest get = RawGetRequest.newBuilder()
                .setContext(context)
                .setKey(bytes(key))
                .build();
        return store.tikv("RawGet", get, RawGetResponse.getDefaultInstance());
    }
}
