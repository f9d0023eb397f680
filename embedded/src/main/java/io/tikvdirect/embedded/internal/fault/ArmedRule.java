package io.tikvdirect.embedded.internal.fault;

import io.tikvdirect.embedded.FaultSite;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Thread-safe. A rule in force: counts the requests that match and decides for each, by its number and the rule's own
 * random sequence, whether the effect fires. The k-th match has the same fate in every run with the same seed.
 */
public final class ArmedRule {
    private final Predicate<FaultSite> matches;
    private final FaultEffect effect;
    private final FaultTiming timing;
    private final SplittableRandom random;
    private final AtomicLong matched = new AtomicLong();
    private final AtomicLong fired = new AtomicLong();
    private final AtomicBoolean removed = new AtomicBoolean();

    ArmedRule(Predicate<FaultSite> matches, FaultEffect effect, FaultTiming timing, long seed) {
        this.matches = matches;
        this.effect = effect;
        this.timing = timing;
        this.random = new SplittableRandom(seed);
    }

    boolean fires(FaultSite site) {
        if (removed.get() || !matches.test(site)) {
            return false;
        }
        synchronized (this) {
            long number = matched.incrementAndGet();
            boolean chosen = timing.probability() >= 1 || random.nextDouble() < timing.probability();
            boolean due = timing.nth() == 0 ? number > timing.skip() : number == timing.nth();
            boolean fires = chosen && due && fired.get() < timing.limit();
            if (fires) {
                fired.incrementAndGet();
            }
            return fires;
        }
    }

    /** What happens when the rule fires. */
    public FaultEffect effect() {
        return effect;
    }

    /** How many requests matched so far. */
    public long matched() {
        return matched.get();
    }

    /** How many times the rule fired so far. */
    public long fired() {
        return fired.get();
    }

    /** Puts the rule out of force. */
    public void remove() {
        removed.set(true);
    }
}
