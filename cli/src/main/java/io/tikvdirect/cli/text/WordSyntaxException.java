package io.tikvdirect.cli.text;

/** Immutable. A line that is not in the shell language: an open quote, an unknown escape, bad {@code hex:} digits. */
public final class WordSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    WordSyntaxException(String message, int column) {
        super(message + " (column " + column + ")", null, false, false);
    }
}
