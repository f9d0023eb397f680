package io.tikvdirect.client.internal.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tikvdirect.client.KeyRedaction;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class KeyFormatTest {
    private static final byte[] KEY = "alice's\n\\\u00ff".getBytes(ISO_8859_1);

    @Test
    void redactedKeysShowNothingOfTheirBytes() {
        assertThat(KeyFormat.show(KEY, KeyRedaction.FULL)).isEqualTo("(10 bytes)");
        assertThat(KeyFormat.show(KEY, KeyRedaction.HASH)).matches("\\(10 bytes #[0-9a-f]{8}\\)");
        assertThat(KeyFormat.show(KEY, KeyRedaction.HASH))
                .isNotEqualTo(KeyFormat.show("alicf's\n\\\u00ff".getBytes(ISO_8859_1), KeyRedaction.HASH));
    }

    @Test
    void shownKeysStayOneBoundedLine() {
        assertThat(KeyFormat.show(KEY, KeyRedaction.OFF)).isEqualTo("'alice\\'s\\x0a\\\\\\xff'");
        assertThat(KeyFormat.show(new byte[8192], KeyRedaction.OFF))
                .hasSizeLessThan(600)
                .endsWith("...'");
    }

    @Test
    void aFloodOfWarningsIsWrittenOnceWithItsCount() {
        final Logger logger = (Logger) LoggerFactory.getLogger("flood");
        final ListAppender<ILoggingEvent> written = new ListAppender<>();
        written.start();
        logger.addAppender(written);
        logger.setAdditive(false);
        final AtomicLong nowNs = new AtomicLong(-5);
        final RateLimitedLog log = new RateLimitedLog(logger, nowNs::get);
        for (int i = 0; i < 1000; i++) {
            log.warn("store {} is down", i);
        }
        nowNs.addAndGet(TimeUnit.MINUTES.toNanos(1));
        log.warn("store {} is down", 1000);
        assertThat(written.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("store 0 is down", "store 1000 is down (999 more like this were not written)");
    }
}
