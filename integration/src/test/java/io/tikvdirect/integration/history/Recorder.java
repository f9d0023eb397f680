package io.tikvdirect.integration.history;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Runs transactions for one process of a history and says what is known of their outcome. */
final class Recorder {
    private final int process;
    private final TransactionClient client;
    private final AtomicLong ok;
    private final AtomicLong failed;
    private final AtomicLong unknown;

    Recorder(int process, TransactionClient client, Tally tally) {
        this.process = process;
        this.client = client;
        this.ok = tally.ok();
        this.failed = tally.failed();
        this.unknown = tally.unknown();
    }

    /** Immutable. How many operations ended how. */
    record Tally(AtomicLong ok, AtomicLong failed, AtomicLong unknown) {
        Tally() {
            this(new AtomicLong(), new AtomicLong(), new AtomicLong());
        }

        @Override
        public String toString() {
            return ok + " done, " + failed + " failed, " + unknown + " undetermined";
        }
    }

    /**
     * Immutable. One operation.
     *
     * @param span when, and what came of it
     * @param result what it gave; null unless it is done
     */
    record Recorded<T>(Span span, @Nullable T result) {}

    int process() {
        return process;
    }

    TransactionClient client() {
        return client;
    }

    /** Runs a transaction once. The body may leave its results wherever it likes: they count when the span says so. */
    <T> Recorded<T> once(TransactionOptions options, Function<Transaction, T> body) {
        long beganNs = System.nanoTime();
        try (Transaction txn = client.begin(options)) {
            T result = body.apply(txn);
            txn.commit();
            return done(beganNs, result);
        } catch (TikvException failure) {
            return failed(beganNs, failure);
        }
    }

    /** Runs what is no transaction, such as reading a snapshot. */
    <T> Recorded<T> read(Function<TransactionClient, T> body) {
        long beganNs = System.nanoTime();
        try {
            return done(beganNs, body.apply(client));
        } catch (TikvException failure) {
            return failed(beganNs, failure);
        }
    }

    private <T> Recorded<T> done(long beganNs, T result) {
        long endedNs = System.nanoTime();
        ok.incrementAndGet();
        return new Recorded<>(new Span(process, beganNs, endedNs, Outcome.OK), result);
    }

    private <T> Recorded<T> failed(long beganNs, TikvException failure) {
        if (failure.isUndetermined()) {
            unknown.incrementAndGet();
            return new Recorded<>(Span.unknown(process, beganNs), null);
        }
        failed.incrementAndGet();
        return new Recorded<>(new Span(process, beganNs, System.nanoTime(), Outcome.FAILED), null);
    }
}
