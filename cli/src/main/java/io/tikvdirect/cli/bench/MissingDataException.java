package io.tikvdirect.cli.bench;

/** Immutable. A read that did not find what was loaded before. Has no stack trace, because a run can make millions. */
final class MissingDataException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingDataException() {
        super("a read did not find the keys that should have been loaded", null, false, false);
    }
}
