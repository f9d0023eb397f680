package io.tikvdirect.embedded.internal.fault;

import io.tikvdirect.embedded.FaultSite;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The rules in force, in the order in which they were made; the first that fires decides. */
public final class FaultRules {
    private final CopyOnWriteArrayList<ArmedRule> rules = new CopyOnWriteArrayList<>();
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong fired = new AtomicLong();
    private final long seed;

    /** No rules yet; every rule's random sequence follows from {@code seed} and its number. */
    public FaultRules(long seed) {
        this.seed = seed;
    }

    /** Whether no rule is in force: the ordinary case, which costs one read. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Puts a rule into force. */
    public ArmedRule arm(Predicate<FaultSite> matches, FaultEffect effect, FaultTiming timing) {
        ArmedRule rule = new ArmedRule(matches, effect, timing, seed + made.getAndIncrement() * 0x9E3779B97F4A7C15L);
        rules.add(rule);
        return rule;
    }

    /** The effect of the first rule that fires on {@code site}, or null. */
    public @Nullable FaultEffect match(FaultSite site) {
        for (ArmedRule rule : rules) {
            if (rule.fires(site)) {
                fired.incrementAndGet();
                return rule.effect();
            }
        }
        return null;
    }

    /** Puts {@code rule} out of force. */
    public void remove(ArmedRule rule) {
        rule.remove();
        rules.remove(rule);
    }

    /** Puts all rules out of force. */
    public void clear() {
        List.copyOf(rules).forEach(this::remove);
    }

    /** How many times rules fired, removed ones included. */
    public long fired() {
        return fired.get();
    }
}
