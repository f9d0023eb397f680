package io.tikvdirect.cli.text;

import java.nio.charset.StandardCharsets;

/**
 * Immutable. One word of a shell line: its bytes after escapes were resolved, and whether it was written plainly.
 *
 * <p>Only a plain word (no quotes, no escapes, no {@code hex:}) can be a command, an option or a name, so that every
 * key can be given even if it looks like an option: {@code raw get "--cf"} reads the key {@code --cf}.
 */
public final class Word {
    private final byte[] bytes;
    private final boolean plain;

    Word(byte[] bytes, boolean plain) {
        this.bytes = bytes;
        this.plain = plain;
    }

    /** The word's bytes; a copy is not made, the caller must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the word was written without quotes, escapes or {@code hex:}. */
    public boolean isPlain() {
        return plain;
    }

    /** Whether this is an option such as {@code --limit}: a plain word that begins with two dashes. */
    public boolean isOption() {
        return plain && bytes.length > 2 && bytes[0] == '-' && bytes[1] == '-';
    }

    /** Whether the word is plain and equal to {@code text}. */
    public boolean is(String text) {
        return plain && text.equals(text());
    }

    /** The bytes read as UTF-8; malformed input becomes the replacement character. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return EscapedBytes.quote(bytes);
    }
}
