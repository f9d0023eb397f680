package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Confined to the client's event loop once it runs. The script of the guards: submits a whole window from one callback and
 * the next when the last of it is answered, so that how many operations share a message is decided by the code and not by
 * a race.
 */
final class Windows implements DirectCallback {
    private final DirectRawClient raw;
    private final int inFlight;
    private final boolean writes;
    private final KeyBuffer key = new KeyBuffer();
    private final KeyBuffer value = new KeyBuffer();
    private final CountDownLatch ended = new CountDownLatch(1);
    private int windowsLeft;
    private int unanswered = 1;
    private volatile TikvException failure;

    Windows(DirectRawClient raw, int inFlight, boolean writes, int operations) {
        this.raw = raw;
        this.inFlight = inFlight;
        this.writes = writes;
        this.windowsLeft = operations / inFlight;
        key.append("b000000000000042".getBytes(US_ASCII));
        value.append("v".repeat(64).getBytes(US_ASCII));
    }

    void run() throws InterruptedException {
        submit();
        assertThat(ended.await(120, TimeUnit.SECONDS)).isTrue();
        if (failure != null) {
            throw failure;
        }
    }

    private void submit() {
        boolean accepted = writes
                ? raw.put(key, 0, key.length(), value, 0, value.length(), 0, this)
                : raw.get(key, 0, key.length(), 0, this);
        if (!accepted) { // no assertion library here: it would allocate
            throw new IllegalStateException("the window is full");
        }
    }

    @Override
    public void onCompleted(long correlationId, ResultView view) {
        if (--unanswered > 0) {
            return;
        }
        if (windowsLeft-- == 0) {
            ended.countDown();
            return;
        }
        unanswered = inFlight;
        for (int i = 0; i < inFlight; i++) {
            submit();
        }
    }

    @Override
    public void onFailed(long correlationId, TikvException why) {
        failure = why;
        ended.countDown();
    }
}
