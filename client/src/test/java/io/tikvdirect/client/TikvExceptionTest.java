package io.tikvdirect.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TikvExceptionTest {
    private static final FailureDetails DETAILS = FailureDetails.of("raw_get")
            .key("(3 bytes)")
            .region(12)
            .store(4, "127.0.0.1:20160")
            .attempts(7)
            .elapsedNs(Duration.ofMillis(5012).toNanos())
            .budgetNs(Duration.ofSeconds(5).toNanos())
            .lastServerError("not_leader")
            .history(List.of("regionMiss x3 slept 14 ms"))
            .build();

    @Test
    void theMessageTellsWhatWhereHowOftenAndHowLong() {
        final TikvException failure = new RegionUnavailableException("no leader", DETAILS, null);
        assertThat(failure)
                .hasMessage("no leader [code=REGION_UNAVAILABLE operation=raw_get key=(3 bytes) region=12 store=4"
                        + " address=127.0.0.1:20160 attempts=7 elapsed=5.012s budget=5.0s"
                        + " last_error=\"not_leader\" history=[regionMiss x3 slept 14 ms]]");
        assertThat(failure.details()).isEqualTo(DETAILS);
    }

    @Test
    void anUndeterminedWriteMustNotBeRepeatedBlindly() {
        final TikvException failure = new UndeterminedException("the answer was lost", DETAILS, null);
        assertThat(failure.isUndetermined()).isTrue();
        assertThat(failure.isRetryable()).isFalse();
        assertThat(new RequestTimeoutException("late", DETAILS, null).isRetryable())
                .isTrue();
        assertThat(new InvalidArgumentException("key is empty").isRetryable()).isFalse();
        assertThat(new InvalidArgumentException("key is empty")).hasMessage("key is empty [code=INVALID_ARGUMENT]");
    }

    @Test
    void failuresTravelBetweenProcesses() throws IOException, ClassNotFoundException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new BackoffExhaustedException("spent", DETAILS, null));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            final BackoffExhaustedException read = (BackoffExhaustedException) in.readObject();
            assertThat(read.code()).isEqualTo(ErrorCode.BACKOFF_EXHAUSTED);
            assertThat(read.history()).containsExactly("regionMiss x3 slept 14 ms");
        }
    }
}
