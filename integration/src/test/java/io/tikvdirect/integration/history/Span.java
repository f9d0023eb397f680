package io.tikvdirect.integration.history;

/**
 * Immutable. When an operation was under way, by one clock for all clients, and what came of it.
 *
 * @param process the client's thread
 * @param beganNs when it was asked for
 * @param endedNs when its outcome was known; never, for an unknown one
 * @param outcome what came of it
 */
record Span(int process, long beganNs, long endedNs, Outcome outcome) {
    static Span unknown(int process, long beganNs) {
        return new Span(process, beganNs, Long.MAX_VALUE, Outcome.UNKNOWN);
    }

    /** Whether this had surely ended when the other one began. */
    boolean isBefore(Span other) {
        return outcome != Outcome.UNKNOWN && endedNs < other.beganNs;
    }

    boolean isOk() {
        return outcome == Outcome.OK;
    }
}
