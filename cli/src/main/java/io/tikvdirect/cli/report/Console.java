package io.tikvdirect.cli.report;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Immutable; its streams are thread-safe. Where a command reads from and writes to, and which of these are terminals.
 *
 * <p>Results go to {@code out}; notes, progress and failures go to {@code err}. Colours and progress lines are only for
 * terminals.
 */
public final class Console {
    /** System property by which the launcher says which of the descriptors 0, 1 and 2 are terminals, e.g. "12". */
    public static final String TERMINALS_PROPERTY = "tikv.terminals";

    private static final int OUT_BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final String terminals;
    private final boolean coloursAllowed;

    /**
     * A console over the given streams.
     *
     * @param terminals the digits of those of 0 (in), 1 (out), 2 (err) that are terminals
     * @param coloursAllowed false where the user wants none ({@code NO_COLOR})
     */
    public Console(InputStream in, OutputStream out, OutputStream err, String terminals, boolean coloursAllowed) {
        this.in = in;
        this.out = new PrintStream(new BufferedOutputStream(out, OUT_BUFFER_BYTES), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.terminals = terminals;
        this.coloursAllowed = coloursAllowed;
    }

    /** The process's own streams; output is UTF-8 whatever the locale says. */
    public static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.getProperty(TERMINALS_PROPERTY, ""),
                System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM")));
    }

    /** Standard input, as bytes. */
    public InputStream in() {
        return in;
    }

    /** Standard output; buffered, so whoever writes an answer flushes it. */
    public PrintStream out() {
        return out;
    }

    /** Standard error; flushed by line. */
    public PrintStream err() {
        return err;
    }

    /** Whether a person types the input. */
    public boolean inIsTerminal() {
        return terminals.indexOf('0') >= 0;
    }

    /** Whether a person sees the output. */
    public boolean outIsTerminal() {
        return terminals.indexOf('1') >= 0;
    }

    /** Whether a person sees the notes, so that progress may be drawn there. */
    public boolean errIsTerminal() {
        return terminals.indexOf('2') >= 0;
    }

    /** The style for text on standard output: colours on a terminal, plain text elsewhere. */
    public Style outStyle() {
        return outIsTerminal() && coloursAllowed ? Style.ANSI : Style.PLAIN;
    }
}
