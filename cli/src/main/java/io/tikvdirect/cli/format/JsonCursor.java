package io.tikvdirect.cli.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Confined to one thread. Walks over JSON text (RFC 8259) in a byte array, strictly: what the grammar does not allow is
 * a {@link MalformedRecordException} that names the column.
 */
final class JsonCursor {
    /** Deeper nesting is refused, so that a line of brackets cannot overflow the stack. */
    private static final int MAX_DEPTH = 512;

    private final byte[] text;
    private int at;
    private int depth;

    JsonCursor(byte[] text) {
        this.text = text;
    }

    int position() {
        return at;
    }

    /** The next byte behind white space without going over it, or -1 at the end. */
    int peek() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
            at++;
        }
        return at < text.length ? text[at] : -1;
    }

    void expect(char c) throws MalformedRecordException {
        if (peek() != c) {
            throw malformed("'" + c + "' is expected");
        }
        at++;
    }

    boolean skipIf(char c) {
        boolean there = peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    void expectEnd() throws MalformedRecordException {
        if (peek() != -1) {
            throw malformed("something stands behind the object");
        }
    }

    /** Goes over one value of any kind. */
    void skipValue() throws MalformedRecordException {
        switch (peek()) {
            case '"' -> string();
            case '{' -> skipContainer('}');
            case '[' -> skipContainer(']');
            case 't' -> skipLiteral("true");
            case 'f' -> skipLiteral("false");
            case 'n' -> skipLiteral("null");
            default -> skipNumber();
        }
    }

    private void skipContainer(char end) throws MalformedRecordException {
        at++;
        if (++depth > MAX_DEPTH) {
            throw malformed("nested deeper than " + MAX_DEPTH);
        }
        if (!skipIf(end)) {
            do {
                if (end == '}') {
                    string();
                    expect(':');
                }
                skipValue();
            } while (skipIf(','));
            expect(end);
        }
        depth--;
    }

    private void skipLiteral(String literal) throws MalformedRecordException {
        for (int i = 0; i < literal.length(); i++) {
            if (at + i >= text.length || text[at + i] != literal.charAt(i)) {
                throw malformed("a value is expected");
            }
        }
        at += literal.length();
    }

    private void skipNumber() throws MalformedRecordException {
        int start = at;
        at += at < text.length && text[at] == '-' ? 1 : 0;
        int whole = at;
        skipDigits();
        if (text[whole] == '0' && at > whole + 1) {
            throw malformed("a number has a leading zero");
        }
        if (at < text.length && text[at] == '.') {
            at++;
            skipDigits();
        }
        if (at < text.length && (text[at] | 0x20) == 'e') {
            at++;
            at += at < text.length && (text[at] == '+' || text[at] == '-') ? 1 : 0;
            skipDigits();
        }
        if (start == at) {
            throw malformed("a value is expected");
        }
    }

    private void skipDigits() throws MalformedRecordException {
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw malformed("a value is expected");
        }
    }

    /** Goes over a string and gives its characters. */
    String string() throws MalformedRecordException {
        expect('"');
        int start = at;
        StringBuilder out = null;
        while (true) {
            if (at == text.length) {
                throw malformed("the string is not closed");
            }
            byte b = text[at];
            if (b == '"') {
                String tail = decode(start, at++);
                return out == null ? tail : out.append(tail).toString();
            }
            if (b == '\\') {
                out = out == null ? new StringBuilder() : out;
                out.append(decode(start, at));
                out.append(escape());
                start = at;
            } else if (b >= 0 && b < 0x20) {
                throw malformed("a control character must be escaped");
            } else {
                at++;
            }
        }
    }

    private String escape() throws MalformedRecordException {
        char c = escapedUnit();
        if (Character.isHighSurrogate(c)) {
            boolean pair = at + 1 < text.length && text[at] == '\\' && text[at + 1] == 'u';
            char low = pair ? escapedUnit() : 0;
            if (!Character.isLowSurrogate(low)) {
                throw malformed("half of a surrogate pair");
            }
            return new String(new char[] {c, low});
        }
        if (Character.isLowSurrogate(c)) {
            throw malformed("half of a surrogate pair");
        }
        return String.valueOf(c);
    }

    private char escapedUnit() throws MalformedRecordException {
        int kind = at + 1 < text.length ? text[at + 1] : -1;
        at += 2;
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw malformed("unknown escape");
        };
    }

    private char unicode() throws MalformedRecordException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at + i < text.length ? Character.digit(text[at + i], 16) : -1;
            if (digit < 0) {
                throw malformed("\\u needs four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        at += 4;
        return (char) unit;
    }

    private String decode(int start, int end) throws MalformedRecordException {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        try {
            CharBuffer chars = utf8.decode(ByteBuffer.wrap(text, start, end - start));
            return chars.toString();
        } catch (CharacterCodingException e) {
            throw malformed("the string is not valid UTF-8");
        }
    }

    private MalformedRecordException malformed(String what) {
        return new MalformedRecordException(
                "is not a JSON object: " + what + " at byte " + (Math.min(at, text.length) + 1));
    }
}
