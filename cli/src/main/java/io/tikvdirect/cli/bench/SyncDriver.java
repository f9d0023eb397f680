package io.tikvdirect.cli.bench;

import io.tikvdirect.client.TikvException;
import java.util.concurrent.locks.LockSupport;

/** One thread of the blocking face: one operation after the other, as they end or by the clock. */
final class SyncDriver implements Runnable {
    private final Run run;
    private final SyncCalls calls;
    private final double intervalNs;
    private final double offsetNs;

    /**
     * A driver.
     *
     * @param calls what it does; its own
     * @param intervalNs time between two starts; 0 for a closed loop
     * @param offsetNs when the first start is due, so that the threads do not start together
     */
    SyncDriver(Run run, SyncCalls calls, double intervalNs, double offsetNs) {
        this.run = run;
        this.calls = calls;
        this.intervalNs = intervalNs;
        this.offsetNs = offsetNs;
    }

    @Override
    public void run() {
        try {
            long firstNs = System.nanoTime();
            for (long started = 0; !run.isOver(); started++) {
                if (intervalNs == 0) {
                    operate(System.nanoTime());
                } else {
                    long intendedNs = awaitTime(firstNs + (long) (offsetNs + started * intervalNs));
                    long forgivenNs = run.forgivenNs(intendedNs);
                    firstNs += forgivenNs;
                    operate(intendedNs + forgivenNs);
                }
            }
        } finally {
            run.ended();
        }
    }

    private long awaitTime(long atNs) {
        long aheadNs = atNs - System.nanoTime();
        while (aheadNs > 0 && !run.isOver()) {
            LockSupport.parkNanos(Math.min(aheadNs, 50_000_000L));
            aheadNs = atNs - System.nanoTime();
        }
        return atNs;
    }

    private void operate(long intendedNs) {
        try {
            if (calls.call()) {
                run.completed(intendedNs);
            } else {
                run.failed(new MissingDataException());
            }
        } catch (TikvException e) {
            run.failed(e);
        }
    }
}
