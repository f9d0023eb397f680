package io.tikvdirect.embedded.internal.store;

/** Immutable. A request that is answered by an error text; without stack trace, it is an answer and no defect. */
final class CommandErrorException extends Exception {
    private static final long serialVersionUID = 1;

    private final String text;
    private final String variant;

    CommandErrorException(String text) {
        this(text, "Other(\"" + text + "\")");
    }

    /**
     * @param text what TiKV puts into an answer's {@code error}
     * @param variant the name of TiKV's error and what is in it, as the pairs of scans and batch gets show it
     */
    CommandErrorException(String text, String variant) {
        super(text, null, false, false);
        this.text = text;
        this.variant = variant;
    }

    String text() {
        return text;
    }

    /** The text in the answers that carry their errors in pairs: there TiKV prints the error's structure instead. */
    String textInPair() {
        return "Error(" + variant + ")";
    }
}
