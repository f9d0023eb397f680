package io.tikvdirect.embedded.internal.fault;

/**
 * Immutable. Which of the matching requests a rule fires on.
 *
 * @param nth only on the match with this number, 0 = no such condition
 * @param skip not on the first so many matches
 * @param limit so many times at most
 * @param probability on each match with this chance
 */
public record FaultTiming(long nth, long skip, long limit, double probability) {
    /** On every match. */
    public static final FaultTiming ALWAYS = new FaultTiming(0, 0, Long.MAX_VALUE, 1);
}
