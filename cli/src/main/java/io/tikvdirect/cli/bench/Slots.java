package io.tikvdirect.cli.bench;

/** Thread-safe. What becomes of a slot when its operation has ended or was not taken. */
interface Slots {
    /** Its operation ended well; may issue the next one at once. */
    void free(Slot slot);

    /** Its operation failed; must not issue the next one on this stack, because that might fail on the spot too. */
    void freeLater(Slot slot);

    /** The window was full. */
    void refused(Slot slot);
}
