package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.KeyNotInRegion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever happens: with redaction no level of the log shows a byte of a key or value. */
class LogRedactionTest {
    private static final String SECRET = "secret-of-somebody";

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.tikvdirect");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void nothingThatGoesWrongShowsAKey() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes(SECRET)))
                .start()) {
            try (TikvClient client = TestClients.open(cluster, "slow.after", "50ms", "slow.failed-after", "1ms")) {
                RawClient raw = client.raw();
                raw.put(bytes(SECRET), bytes(SECRET));
                regionsChange(cluster, raw);
                requestsFail(cluster, raw);
                serversStop(cluster, raw);
            }
        }
        logger.detachAppender(log);
        List<String> lines = written().stream().map(LogRedactionTest::text).toList();
        assertThat(lines).anyMatch(line -> line.contains("stream"));
        assertThat(lines).anyMatch(line -> line.contains("wait"));
        assertThat(lines).noneMatch(line -> line.contains("somebody"));
    }

    /** A thread that is ending may still be writing; an appender is its own lock. */
    private List<ILoggingEvent> written() {
        synchronized (log) {
            return List.copyOf(log.list);
        }
    }

    private static void regionsChange(EmbeddedCluster cluster, RawClient raw) {
        cluster.split(bytes(SECRET + "1"));
        raw.put(bytes(SECRET + "2"), bytes(SECRET));
        long region = cluster.regionOf(bytes(SECRET)).id();
        long leader = cluster.regionOf(bytes(SECRET)).leaderStoreId();
        cluster.transferLeader(region, leader % 3 + 1);
        assertThat(raw.scan(KeyRange.prefix(bytes(SECRET)), ScanOptions.limit(10)))
                .hasSize(2);
    }

    private static void requestsFail(EmbeddedCluster cluster, RawClient raw) {
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofMillis(300)));
        cluster.faults().on("RawGet").times(1).dropBefore();
        fails(() -> hurried.get(bytes(SECRET)));
        cluster.faults().on("RawGet").regionError(keyNotInRegion());
        fails(() -> hurried.get(bytes(SECRET)));
        cluster.faults().clear();
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        cluster.faults().on("RawCompareAndSwap").times(1).closeAfter();
        fails(() -> atomic.compareAndSwap(bytes(SECRET), null, bytes(SECRET)));
    }

    /** TiKV's text has the key in it. */
    private static Error keyNotInRegion() {
        return Error.newBuilder()
                .setMessage("Key " + SECRET + " is out of [region 2]")
                .setKeyNotInRegion(KeyNotInRegion.newBuilder()
                        .setKey(ByteString.copyFromUtf8(SECRET))
                        .setRegionId(2))
                .build();
    }

    private static void serversStop(EmbeddedCluster cluster, RawClient raw) throws Exception {
        long leader = cluster.regionOf(bytes(SECRET)).leaderStoreId();
        cluster.stopStore(leader);
        assertThat(raw.get(bytes(SECRET))).isEqualTo(bytes(SECRET));
        cluster.stopPd();
        fails(() -> TestClients.open(cluster, "timeout", "300ms"));
        assertThat(raw.get(bytes(SECRET))).isEqualTo(bytes(SECRET));
        cluster.startPd();
    }

    private static void fails(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(TikvException.class);
    }

    private static String text(ILoggingEvent event) {
        String thrown = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        return event.getFormattedMessage() + thrown;
    }
}
