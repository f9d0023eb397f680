package io.tikvdirect.client.txn;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. One request of a transaction to a store; one that is sent again is another.
 *
 * @param method of {@code tikvpb.Tikv}, such as {@code KvPrewrite}
 * @param attempt which time it was sent, from 1
 * @param region id of the region asked
 * @param store id of the store that was the region's leader
 * @param elapsed from sending it to the answer
 * @param failure why there was no answer; null when there was one, also when the store refused in it
 */
public record RequestReport(
        String method, int attempt, long region, long store, Duration elapsed, @Nullable String failure) {}
