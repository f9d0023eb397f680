package io.tikvdirect.embedded.internal.store;

/** Immutable. A request that is answered by an error text; without stack trace, it is an answer and no defect. */
final class CommandErrorException extends Exception {
    private static final long serialVersionUID = 1;

    private final String text;

    CommandErrorException(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    String text() {
        return text;
    }
}
