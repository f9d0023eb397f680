package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.KeyRange;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawCASRequest;
import io.tikvdirect.proto.kvrpcpb.RawCASResponse;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorRequest;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawSemanticsTest {
    private static final ManualClock CLOCK = new ManualClock();

    @RegisterExtension
    static final EmbeddedClusterExtension TIKV = new EmbeddedClusterExtension(
            builder -> builder.apiVersion(EmbeddedApiVersion.V1TTL).clock(CLOCK));

    private final EmbeddedCluster cluster = TIKV.cluster();
    private final Context context = context(cluster, cluster.regions().get(0));
    private final PlainClient store = PlainClient.ofStore(cluster, 0);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void valueExpiresWhenTheClockSaysSo() {
        RawPutRequest put = RawPutRequest.newBuilder()
                .setContext(context)
                .setKey(bytes("ttl"))
                .setValue(bytes("v"))
                .setTtl(10)
                .build();
        store.tikv("RawPut", put, RawPutResponse.getDefaultInstance());
        CLOCK.advance(Duration.ofSeconds(9));
        assertThat(ttl("ttl").getTtl()).isEqualTo(1);
        CLOCK.advance(Duration.ofSeconds(1));
        assertThat(ttl("ttl").getNotFound()).isTrue();
        assertThat(store.get(context, "ttl").getNotFound()).isTrue();
    }

    private RawGetKeyTTLResponse ttl(String key) {
        return store.tikv(
                "RawGetKeyTTL",
                RawGetKeyTTLRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes(key))
                        .build(),
                RawGetKeyTTLResponse.getDefaultInstance());
    }

    @Test
    void racingCompareAndSwapsLoseNoIncrement() throws Exception {
        store.put(context, "count", "0");
        int threads = 4;
        int each = 50;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                tasks.add(() -> {
                    for (int done = 0; done < each; ) {
                        done += increment() ? 1 : 0;
                    }
                    return null;
                });
            }
            for (Future<Void> task : pool.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(store.get(context, "count").getValue()).isEqualTo(bytes("" + threads * each));
    }

    private boolean increment() {
        ByteString before = store.get(context, "count").getValue();
        int next = Integer.parseInt(before.toStringUtf8()) + 1;
        return store.tikv(
                        "RawCompareAndSwap",
                        RawCASRequest.newBuilder()
                                .setContext(context)
                                .setKey(bytes("count"))
                                .setPreviousValue(before)
                                .setValue(bytes("" + next))
                                .build(),
                        RawCASResponse.getDefaultInstance())
                .getSucceed();
    }

    @Test
    void batchIsSeenWholeOrNotAtAll() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            putBoth("0");
            Future<?> writer = pool.submit(() -> {
                for (int i = 1; i <= 200; i++) {
                    putBoth("" + i);
                }
            });
            do {
                List<KvPair> pairs = getBoth();
                assertThat(pairs.get(0).getValue()).isEqualTo(pairs.get(1).getValue());
            } while (!writer.isDone());
            writer.get();
        } finally {
            pool.shutdownNow();
        }
    }

    private void putBoth(String value) {
        RawBatchPutRequest.Builder request = RawBatchPutRequest.newBuilder().setContext(context);
        for (String key : List.of("pair-a", "pair-b")) {
            request.addPairs(KvPair.newBuilder().setKey(bytes(key)).setValue(bytes(value)));
        }
        store.tikv("RawBatchPut", request.build(), RawBatchPutResponse.getDefaultInstance());
    }

    private List<KvPair> getBoth() {
        return store.tikv(
                        "RawBatchGet",
                        RawBatchGetRequest.newBuilder()
                                .setContext(context)
                                .addKeys(bytes("pair-a"))
                                .addKeys(bytes("pair-b"))
                                .build(),
                        RawBatchGetResponse.getDefaultInstance())
                .getPairsList();
    }

    @ParameterizedTest
    @CsvSource({
        "s1, s4, false, 10, s1 s2 s3",
        "s1, s4, false, 2,  s1 s2",
        "s4, s1, true,  10, s3 s2 s1",
        "s4, s2, true,  10, s3 s2",
        "s2, s2, false, 10, ''",
        "s3, s1, false, 10, ''",
        "s1, s3, true,  10, ''",
    })
    void scansStartInclusiveUpAndExclusiveDown(String start, String end, boolean reverse, int limit, String keys) {
        for (String key : List.of("s1", "s2", "s3")) {
            store.put(context, key, "v");
        }
        RawScanResponse scanned = store.tikv(
                "RawScan",
                RawScanRequest.newBuilder()
                        .setContext(context)
                        .setStartKey(bytes(start))
                        .setEndKey(bytes(end))
                        .setReverse(reverse)
                        .setLimit(limit)
                        .build(),
                RawScanResponse.getDefaultInstance());
        assertThat(String.join(
                        " ",
                        scanned.getKvsList().stream()
                                .map(pair -> pair.getKey().toStringUtf8())
                                .toList()))
                .isEqualTo(keys);
    }

    @Test
    void coprocessorPluginAnswersByNameAndVersion() {
        cluster.registerCoprocessor("count", "1.2.0", (pairs, request) -> ("" + pairs.size())
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        store.put(context, "copr-1", "v");
        store.put(context, "copr-2", "v");
        RawCoprocessorRequest.Builder request = RawCoprocessorRequest.newBuilder()
                .setContext(context)
                .setCoprName("count")
                .setCoprVersionReq("^1.0.0")
                .addRanges(KeyRange.newBuilder().setStartKey(bytes("copr-")).setEndKey(bytes("copr.")));
        RawCoprocessorResponse none = RawCoprocessorResponse.getDefaultInstance();
        assertThat(store.tikv("RawCoprocessor", request.build(), none).getData())
                .isEqualTo(bytes("2"));
        request.setCoprVersionReq("^2.0.0");
        assertThat(store.tikv("RawCoprocessor", request.build(), none).getError())
                .isNotEmpty();
    }
}
