package io.tikvdirect.integration.history;

/** Immutable. What a client knows of its operation. */
enum Outcome {
    /** It took effect. */
    OK,
    /** It did not, and never will. */
    FAILED,
    /** Nobody knows: it may have taken effect, may still, or never. */
    UNKNOWN
}
