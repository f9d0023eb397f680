package io.tikvdirect.cli.load;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.ProgressLine;

/**
 * Thread-safe. Reports every rejected record by its line number, and ends the load when there are too many: the wrong
 * options would otherwise reject a whole file one by one.
 */
final class Rejections {
    private final ProgressLine notes;
    private final long most;
    private long count;

    /**
     * Rejections of one run.
     *
     * @param most how many are reported before the load is given up
     */
    Rejections(ProgressLine notes, long most) {
        this.notes = notes;
        this.most = most;
    }

    /** Reports one record. */
    synchronized void report(long firstLine, long lastLine, String reason) {
        String where = firstLine == lastLine ? "line " + firstLine : "lines " + firstLine + "-" + lastLine;
        notes.note(where + " rejected: " + reason);
        count++;
    }

    /** Ends the load once too many records were rejected. */
    synchronized void requireNotTooMany(long line) {
        if (count > most) {
            throw new CommandFailedException("more than " + most + " records were rejected, given up at line " + line
                    + "; --max-rejected N allows more");
        }
    }

    /** How many records were reported. */
    synchronized long count() {
        return count;
    }
}
