package io.tikvdirect.cli.load;

/**
 * Filled by the reading thread, then confined to whoever holds the window's lock. A stretch of consecutive records of the
 * source: where it ends and what became of them. Its memory does not depend on what the records hold.
 */
final class Stretch {
    private int records;
    private int rejected;
    private long endOffset;
    private long endLine;
    private boolean done;

    /** A record is part of the stretch. */
    void add(long recordEndOffset, long recordLastLine) {
        records++;
        endOffset = recordEndOffset;
        endLine = recordLastLine;
    }

    /** One of the records was rejected, by the reader or by the cluster. */
    void reject() {
        rejected++;
    }

    /** All records are in the cluster or were rejected. */
    void markDone() {
        done = true;
    }

    boolean isDone() {
        return done;
    }

    boolean isEmpty() {
        return records == 0;
    }

    /** The progress once the stretch is done. */
    LoadState.Progress after(LoadState.Progress before) {
        return new LoadState.Progress(
                endOffset, endLine, before.loaded() + records - rejected, before.rejected() + rejected);
    }
}
