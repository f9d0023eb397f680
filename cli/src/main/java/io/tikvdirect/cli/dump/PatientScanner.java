package io.tikvdirect.cli.dump;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. A scan of a range that outlives passing failures: it goes on behind the last pair it gave, so
 * no pair comes twice and none is left out.
 */
final class PatientScanner implements AutoCloseable {
    private static final long PAUSE_MS = 100;

    private final RawClient raw;
    private final long retryForNs;
    private KeyRange rest;
    private @Nullable RawScanner scanner;
    private long firstFailureNs;
    private boolean failing;

    /**
     * A scan.
     *
     * @param retryFor how long to try one page
     */
    PatientScanner(RawClient raw, KeyRange range, Duration retryFor) {
        this.raw = raw;
        this.rest = range;
        this.retryForNs = retryFor.toNanos();
    }

    /** The next pair, or null at the end of the range. */
    @Nullable
    KvPair next() throws InterruptedException {
        while (true) {
            try {
                RawScanner open = open();
                if (!open.hasNext()) {
                    return null;
                }
                KvPair pair = open.next();
                rest = KeyRange.of(behind(pair.key()), rest.end());
                failing = false;
                return pair;
            } catch (TikvException e) {
                pauseOrThrow(e);
            }
        }
    }

    @Override
    public void close() {
        if (scanner != null) {
            scanner.close();
            scanner = null;
        }
    }

    private RawScanner open() {
        RawScanner open = scanner;
        if (open == null) {
            open = raw.scanner(rest, ScanOptions.unlimited());
            scanner = open;
        }
        return open;
    }

    private void pauseOrThrow(TikvException e) throws InterruptedException {
        close();
        long nowNs = System.nanoTime();
        firstFailureNs = failing ? firstFailureNs : nowNs;
        failing = true;
        if (!e.isRetryable() || nowNs - firstFailureNs >= retryForNs) {
            throw e;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }

    private static byte[] behind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }
}
