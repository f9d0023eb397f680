package io.tikvdirect.cli.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Confined to one thread. Reads a stream line by line as bytes, in bounded memory, and knows the offset behind each
 * line, so that reading can be taken up again there.
 *
 * <p>A line ends with a line feed (kept out of the line) or with the stream. A carriage return is data. A line longer
 * than the limit is skipped to its end and said to be {@link #tooLong()}; it is never cut silently.
 */
public final class LineReader {
    /** Longest line: TiKV's entry limit of 8 MiB twice, so that a value of full size fits with its key when escaped. */
    public static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    private static final int CHUNK = 256 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private byte[] buffer = new byte[CHUNK];
    private int position;
    private int limit;
    private boolean ended;
    private int lineStart;
    private int lineLength;
    private boolean lineTooLong;
    private long lineNumber;
    private long nextOffset;

    /**
     * Reads lines of at most {@link #MAX_LINE_BYTES}.
     *
     * @param in stream positioned at {@code offset}; stays the caller's to close
     * @param offset bytes of the source in front of the stream
     * @param linesBefore lines of the source in front of the stream
     */
    public LineReader(InputStream in, long offset, long linesBefore) {
        this(in, offset, linesBefore, MAX_LINE_BYTES);
    }

    LineReader(InputStream in, long offset, long linesBefore, int maxLineBytes) {
        this.in = in;
        this.nextOffset = offset;
        this.lineNumber = linesBefore;
        this.maxLineBytes = maxLineBytes;
    }

    /** Goes on to the next line; false at the end of the stream. The line before is no longer valid. */
    public boolean next() throws IOException {
        lineTooLong = false;
        int scanned = 0;
        while (true) {
            int end = indexOfLineFeed(position + scanned);
            if (end >= 0) {
                return take(end - position, 1);
            }
            scanned = limit - position;
            if (scanned > maxLineBytes) {
                return skipRest();
            }
            if (!fill()) {
                return scanned > 0 && take(scanned, 0);
            }
        }
    }

    /** The array that holds the current line, from {@link #start()}, {@link #length()} bytes long. */
    public byte[] buffer() {
        return buffer;
    }

    /** Index of the line's first byte in {@link #buffer()}. */
    public int start() {
        return lineStart;
    }

    /** The line's length in bytes, without its line feed. */
    public int length() {
        return lineLength;
    }

    /** A copy of the current line. */
    public byte[] line() {
        return Arrays.copyOfRange(buffer, lineStart, lineStart + lineLength);
    }

    /** Whether the current line went over the limit; then its bytes are not available. */
    public boolean tooLong() {
        return lineTooLong;
    }

    /** The current line's number, from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** Offset in the source of the first byte behind the current line and its line feed. */
    public long nextOffset() {
        return nextOffset;
    }

    private boolean take(int length, int terminator) {
        lineStart = position;
        lineLength = length;
        lineTooLong = length > maxLineBytes;
        position += length + terminator;
        nextOffset += length + terminator;
        lineNumber++;
        return true;
    }

    private boolean skipRest() throws IOException {
        while (true) {
            int end = indexOfLineFeed(position);
            int skipped = (end >= 0 ? end + 1 : limit) - position;
            position += skipped;
            nextOffset += skipped;
            if (end >= 0 || !fill()) {
                lineStart = position;
                lineLength = 0;
                lineTooLong = true;
                lineNumber++;
                return true;
            }
        }
    }

    private int indexOfLineFeed(int from) {
        int found = ByteScan.indexOf((byte) '\n', buffer, from, limit);
        return found < limit ? found : -1;
    }

    /** Makes room behind the bytes of the unfinished line and reads more; false at the end of the stream. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = in.read(buffer, limit, buffer.length - limit);
        ended = read < 0;
        limit += Math.max(read, 0);
        return !ended;
    }
}
