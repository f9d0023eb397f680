package io.tikvdirect.client.txn.crash;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Thread-safe. Clusters for tests that run side by side; each is used by one of them at a time. */
final class ClusterPool implements AutoCloseable {

    /** What is done with a cluster. */
    interface Work {
        void with(Clients clients) throws Exception;
    }

    private final Queue<Clients> idle = new ConcurrentLinkedQueue<>();

    /** Lends a cluster; one whose test has failed is not lent again. */
    void use(Work work) throws Exception {
        Clients clients = idle.poll();
        if (clients == null) {
            clients = new Clients();
        }
        boolean isClean = false;
        try {
            work.with(clients);
            isClean = true;
        } finally {
            if (isClean) {
                idle.add(clients);
            } else {
                clients.close();
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (Clients clients = idle.poll(); clients != null; clients = idle.poll()) {
            clients.close();
        }
    }
}
