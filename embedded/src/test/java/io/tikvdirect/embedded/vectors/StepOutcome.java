package io.tikvdirect.embedded.vectors;

import java.util.List;

/** Immutable. What became of one recorded exchange. */
record StepOutcome(Step step, Verdict verdict, List<Difference> differences) {
    StepOutcome {
        differences = List.copyOf(differences);
    }

    /** Whether nothing has to be explained. */
    boolean isGood() {
        return verdict == Verdict.ALIKE || verdict == Verdict.UNSTABLE;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(verdict + " " + step.title());
        differences.forEach(difference -> text.append("\n      ").append(difference));
        return text.toString();
    }
}
