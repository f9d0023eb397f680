package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.concurrent.CountDownLatch;

/**
 * Reads one key over and over with 64 reads in flight and no garbage: the callback takes what it needs from the view
 * and sends the next read at once.
 */
public final class HotLoop implements DirectCallback {
    private static final int IN_FLIGHT = 64;

    private final DirectRawClient raw;
    private final KeyBuffer key = new KeyBuffer();
    private final CountDownLatch ended = new CountDownLatch(IN_FLIGHT);
    private final long readsPerSlot;
    private long bytesSeen; // touched by one loop only, published by the latch

    private HotLoop(DirectRawClient raw, long reads) {
        this.raw = raw;
        this.readsPerSlot = reads / IN_FLIGHT;
        key.append("hot".getBytes(US_ASCII));
    }

    public static void main(String[] args) throws InterruptedException {
        long reads = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000;
        try (TikvClient client = TikvClient.open(Config.fromUri(args[0]))) {
            client.raw().put("hot".getBytes(US_ASCII), "0123456789".getBytes(US_ASCII));
            new HotLoop(client.raw().direct(), reads).run();
        }
    }

    private void run() throws InterruptedException {
        for (int slot = 0; slot < IN_FLIGHT; slot++) {
            send(readsPerSlot);
        }
        ended.await();
        System.out.println(bytesSeen + " bytes read");
    }

    private void send(long left) {
        if (!raw.get(key, 0, key.length(), left, this)) {
            ended.countDown(); // the in-flight window is smaller than IN_FLIGHT
        }
    }

    /** Called on the store's event loop, one at a time: the view is gone when this returns. */
    @Override
    public void onCompleted(long left, ResultView view) {
        if (view.isPresent()) {
            bytesSeen += view.valueLength(0);
        }
        if (left > 1) {
            send(left - 1);
        } else {
            ended.countDown();
        }
    }

    @Override
    public void onFailed(long left, TikvException failure) {
        System.err.println(failure.getMessage());
        ended.countDown();
    }
}
