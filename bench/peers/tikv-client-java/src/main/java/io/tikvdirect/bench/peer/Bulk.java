package io.tikvdirect.bench.peer;

import java.util.concurrent.atomic.AtomicLong;

/** One thread: one large get after the other beside the workload, not counted by it. */
final class Bulk extends Thread {
    static final AtomicLong BYTES = new AtomicLong();

    private final Work work;

    Bulk(Work work, int number) {
        super("bulk-" + number);
        this.work = work;
        setDaemon(true);
    }

    @Override
    public void run() {
        while (Worker.phase != Worker.Phase.OVER) {
            BYTES.addAndGet(work.bulkGet());
        }
    }
}
