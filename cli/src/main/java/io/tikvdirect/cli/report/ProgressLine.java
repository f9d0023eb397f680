package io.tikvdirect.cli.report;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * Thread-safe. One line on standard error that is drawn again in place; nothing at all where that is not a terminal.
 *
 * <p>Drawing is limited to ten times a second, so callers may report as often as they like.
 */
public final class ProgressLine implements AutoCloseable {
    private static final long REDRAW_NS = 100_000_000L;
    private static final int BAR_CELLS = 24;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream err;
    private final boolean visible;
    private long nextDrawNs = Long.MIN_VALUE;
    private boolean drawn;

    /** A line on the console's standard error. */
    public ProgressLine(Console console) {
        this.err = console.err();
        this.visible = console.errIsTerminal();
    }

    /** Draws {@code text}, unless the last drawing was less than a tenth of a second ago. */
    public synchronized void show(Supplier<String> text) {
        long nowNs = System.nanoTime();
        if (!visible || (drawn && nowNs - nextDrawNs < 0)) {
            return;
        }
        nextDrawNs = nowNs + REDRAW_NS;
        drawn = true;
        err.print(CLEAR + text.get());
        err.flush();
    }

    /** Prints a whole line and lets progress go on beneath it. */
    public synchronized void note(String line) {
        clear();
        err.println(line);
    }

    /** A bar of {@value #BAR_CELLS} cells and a percentage. */
    public static String bar(double fraction) {
        double share = Math.max(0, Math.min(1, fraction));
        int filled = (int) Math.round(share * BAR_CELLS);
        return "[" + "=".repeat(filled) + " ".repeat(BAR_CELLS - filled) + "] " + Math.round(share * 100) + "%";
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        clear();
    }

    private void clear() {
        if (drawn) {
            err.print(CLEAR);
            err.flush();
            drawn = false;
        }
    }
}
