package io.tikvdirect.client.internal;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Immutable. The last part of a warm-up: a few reads of keys that need not exist, so that the classes on an operation's way
 * are loaded and it is not the first caller who waits for that. What the reads say, and whether they fail, is ignored.
 */
final class Rehearsal {
    /** The first takes ten times as long as the second; after some more there is little left to gain. */
    private static final int READS = 16;

    private static final byte[] SOME_KEY = {0};

    private final RawClient raw;
    private final byte[] key;

    private Rehearsal(RawClient raw, byte[] key) {
        this.raw = raw;
        this.key = key;
    }

    /**
     * Gets ready to read.
     *
     * @param raw the client, whose options are not used
     * @param ranges whose regions are known; the first that is not empty begins with the key that is read
     * @param deadlineNs when all must have ended
     */
    static Rehearsal of(RawClient raw, List<KeyRange> ranges, long deadlineNs) {
        Duration left = Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime()));
        byte[] start = ranges.stream()
                .filter(range -> !range.isEmpty())
                .map(KeyRange::start)
                .findFirst()
                .orElse(SOME_KEY);
        return new Rehearsal(raw.with(RawOptions.DEFAULT.withTimeout(left)), start.length == 0 ? SOME_KEY : start);
    }

    /** Reads on the blocking face and on the asynchronous one. */
    void block() {
        try {
            for (int i = 0; i < READS; i++) {
                raw.get(key);
            }
            start().toCompletableFuture().join();
        } catch (TikvException ignored) {
            // the caller's own operation will tell
        }
    }

    /** Reads on the asynchronous face; the stage never fails. */
    CompletionStage<Void> start() {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (int i = 0; i < READS; i++) {
            all = all.thenCompose(before -> raw.async().get(key)).thenAccept(value -> {});
        }
        return all.exceptionally(ignored -> null);
    }
}
