package io.tikvdirect.embedded;

import io.tikvdirect.embedded.internal.fault.ArmedRule;
import io.tikvdirect.embedded.internal.fault.FaultRules;

/** Thread-safe. A fault rule in force, with its counters. */
public final class FaultRule {
    private final FaultRules rules;
    private final ArmedRule rule;

    FaultRule(FaultRules rules, ArmedRule rule) {
        this.rules = rules;
        this.rule = rule;
    }

    /** How many requests matched the rule's rpc, store, region and predicate. */
    public long matched() {
        return rule.matched();
    }

    /** How many times the rule did something to a request. */
    public long fired() {
        return rule.fired();
    }

    /** Puts the rule out of force; its counters stay readable. Does nothing the second time. */
    public void remove() {
        rules.remove(rule);
    }
}
