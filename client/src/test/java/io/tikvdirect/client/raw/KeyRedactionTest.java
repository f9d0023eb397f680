package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tikvdirect.client.BackoffExhaustedException;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.KeyNotInRegion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure names its key as far as the configuration lets it, wherever the failure comes from. */
class KeyRedactionTest {

    private static final String SECRET = "secret-of-somebody";

    private EmbeddedCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.builder().start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private TikvClient client(KeyRedaction redaction, String... more) {
        String[] options = new String[more.length + 2];
        options[0] = "redaction";
        options[1] = redaction.name().toLowerCase(Locale.ROOT);
        System.arraycopy(more, 0, options, 2, more.length);
        return TestClients.open(cluster, options);
    }

    private static void shows(KeyRedaction redaction, TikvException failure) {
        assertThat(failure).isNotNull();
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        String expected =
                switch (redaction) {
                    case FULL -> "(18 bytes)";
                    case HASH -> "(18 bytes #";
                    case OFF -> "'" + SECRET + "'";
                };
        assertThat(failure.details().key()).startsWith(expected);
        assertThat(failure).hasMessageContaining("key=" + expected);
        if (redaction != KeyRedaction.OFF) {
            assertThat(all.toString()).doesNotContain(SECRET);
        }
    }

    private static <T extends TikvException> T failing(Class<T> type, ThrowingCallable call) {
        return catchThrowableOfType(type, call);
    }

    /** A view whose calls end soon, of a client that knows the region already. */
    private static RawClient impatient(TikvClient client) {
        client.raw().put(bytes(SECRET), bytes("v"));
        return client.raw().with(RawOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));
    }

    @ParameterizedTest
    @EnumSource(KeyRedaction.class)
    void aTimeout(KeyRedaction redaction) {
        cluster.faults().on("RawGet").dropBefore();
        try (TikvClient client = client(redaction)) {
            RawClient raw = impatient(client);
            shows(redaction, failing(RequestTimeoutException.class, () -> raw.get(bytes(SECRET))));
        }
    }

    @ParameterizedTest
    @EnumSource(KeyRedaction.class)
    void anErrorOfTheServer(KeyRedaction redaction) {
        cluster.faults().on("RawGetKeyTTL").fail(Status.INVALID_ARGUMENT.withDescription("no"));
        try (TikvClient client = client(redaction, "api", "v1ttl")) {
            shows(redaction, failing(ServerException.class, () -> client.raw().keyTtl(bytes(SECRET))));
        }
    }

    @ParameterizedTest
    @EnumSource(KeyRedaction.class)
    void anUnknownOutcome(KeyRedaction redaction) {
        cluster.faults().on("RawCompareAndSwap").closeAfter();
        try (TikvClient client = client(redaction)) {
            RawClient atomic = client.raw().with(RawOptions.DEFAULT.withAtomic(true));
            shows(
                    redaction,
                    failing(UndeterminedException.class, () -> atomic.compareAndSwap(bytes(SECRET), null, bytes("v"))));
        }
    }

    /** The text of TiKV's own error has the key in it. */
    @ParameterizedTest
    @EnumSource(KeyRedaction.class)
    void aBudgetSpentOnARegionErrorThatQuotesTheKey(KeyRedaction redaction) {
        Error error = Error.newBuilder()
                .setMessage("Key " + SECRET + " is out of [region 2]")
                .setKeyNotInRegion(KeyNotInRegion.newBuilder()
                        .setKey(ByteString.copyFromUtf8(SECRET))
                        .setRegionId(2))
                .build();
        cluster.faults().on("RawGet").regionError(error);
        try (TikvClient client = client(redaction, "backoff.budget", "100ms")) {
            shows(redaction, failing(BackoffExhaustedException.class, () -> client.raw()
                    .get(bytes(SECRET))));
        }
    }

    @ParameterizedTest
    @EnumSource(KeyRedaction.class)
    void onTheDirectFace(KeyRedaction redaction) throws Exception {
        cluster.faults().on("RawGet").dropBefore();
        try (TikvClient client = client(redaction)) {
            CompletableFuture<TikvException> failure = new CompletableFuture<>();
            KeyBuffer key = new KeyBuffer();
            key.append(bytes("prefix-" + SECRET));
            impatient(client).direct().get(key, 7, SECRET.length(), 1, new DirectCallback() {
                @Override
                public void onCompleted(long correlationId, ResultView view) {
                    failure.complete(null);
                }

                @Override
                public void onFailed(long correlationId, TikvException cause) {
                    failure.complete(cause);
                }
            });
            shows(redaction, failure.get(60, TimeUnit.SECONDS));
        }
    }
}
