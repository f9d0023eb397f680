package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.AsyncRawClient;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Keeps at most 256 writes in flight until all are done, without a thread per write. */
public final class Pipeline {
    private static final int IN_FLIGHT = 256;

    private Pipeline() {}

    public static void main(String[] args) throws InterruptedException {
        int writes = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        try (TikvClient client = TikvClient.open(Config.fromUri(args[0]))) {
            AsyncRawClient raw = client.raw().async();
            Semaphore window = new Semaphore(IN_FLIGHT);
            LongAdder failures = new LongAdder();
            for (int i = 0; i < writes; i++) {
                window.acquire();
                raw.put(("pipeline/" + i).getBytes(UTF_8), Integer.toString(i).getBytes(UTF_8))
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                failures.increment();
                            }
                            window.release();
                        });
            }
            window.acquire(IN_FLIGHT);
            System.out.println(writes + " writes, " + failures.sum() + " failed");
        }
    }
}
