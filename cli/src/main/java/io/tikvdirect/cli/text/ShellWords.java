package io.tikvdirect.cli.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Confined to the thread that calls {@link #split}. Splits one line of the shell language into words.
 *
 * <p>Words are separated by spaces or tabs. {@code "..."} keeps spaces and may stand anywhere in a word. The escapes
 * {@code \xHH \n \t \\ \"} work inside and outside of quotes; any other escape is an error, so that a typing mistake
 * never becomes data. A plain word {@code hex:0a0b} stands for those bytes. {@code #} where a word could begin starts a
 * comment; inside a word it is an ordinary character. A line is bytes, not characters: what is not an escape is taken as
 * it is.
 */
public final class ShellWords {
    static final String HEX_PREFIX = "hex:";

    private final byte[] line;
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();
    private int at;

    private ShellWords(byte[] line) {
        this.line = line;
    }

    /**
     * The words of a line, empty for a blank line or a comment.
     *
     * @throws WordSyntaxException if a quote stays open, an escape is unknown or {@code hex:} has bad digits
     */
    public static List<Word> split(byte[] line) throws WordSyntaxException {
        return new ShellWords(line).words();
    }

    /** The words of a line of text, taken as UTF-8; as {@link #split(byte[])}. */
    public static List<Word> split(String line) throws WordSyntaxException {
        return split(line.getBytes(StandardCharsets.UTF_8));
    }

    private List<Word> words() throws WordSyntaxException {
        List<Word> words = new ArrayList<>();
        while (true) {
            while (at < line.length && isSpace(line[at])) {
                at++;
            }
            if (at == line.length || line[at] == '#') {
                return words;
            }
            words.add(next());
        }
    }

    private Word next() throws WordSyntaxException {
        int start = at;
        boolean plain = true;
        word.reset();
        while (at < line.length && !isSpace(line[at])) {
            byte b = line[at];
            if (b == '"') {
                quoted();
                plain = false;
            } else if (b == '\\') {
                escape();
                plain = false;
            } else {
                word.write(b);
                at++;
            }
        }
        byte[] bytes = word.toByteArray();
        return plain && startsWithHex(bytes) ? hexWord(bytes, start) : new Word(bytes, plain);
    }

    private void quoted() throws WordSyntaxException {
        int open = at++;
        while (at < line.length && line[at] != '"') {
            if (line[at] == '\\') {
                escape();
            } else {
                word.write(line[at++]);
            }
        }
        if (at == line.length) {
            throw new WordSyntaxException("the quote is not closed", open + 1);
        }
        at++;
    }

    private void escape() throws WordSyntaxException {
        int column = at + 1;
        if (column == line.length) {
            throw new WordSyntaxException("the line ends within an escape", column);
        }
        byte kind = line[at + 1];
        at += 2;
        switch (kind) {
            case 'n' -> word.write('\n');
            case 't' -> word.write('\t');
            case '\\', '"' -> word.write(kind);
            case 'x' -> hexEscape(column);
            default -> throw new WordSyntaxException("unknown escape; the escapes are \\xHH \\n \\t \\\\ \\\"", column);
        }
    }

    private void hexEscape(int column) throws WordSyntaxException {
        int high = at < line.length ? EscapedBytes.digit(line[at]) : -1;
        int low = at + 1 < line.length ? EscapedBytes.digit(line[at + 1]) : -1;
        if (high < 0 || low < 0) {
            throw new WordSyntaxException("\\x needs two hexadecimal digits", column);
        }
        word.write(high << 4 | low);
        at += 2;
    }

    private static Word hexWord(byte[] bytes, int start) throws WordSyntaxException {
        String digits = new String(bytes, StandardCharsets.ISO_8859_1).substring(HEX_PREFIX.length());
        try {
            return new Word(EscapedBytes.unhex(digits), false);
        } catch (IllegalArgumentException e) {
            throw new WordSyntaxException("hex: needs pairs of hexadecimal digits: " + e.getMessage(), start + 1);
        }
    }

    private static boolean startsWithHex(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == 'h' && bytes[1] == 'e' && bytes[2] == 'x' && bytes[3] == ':';
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
