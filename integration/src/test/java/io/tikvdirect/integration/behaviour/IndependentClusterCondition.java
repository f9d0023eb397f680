package io.tikvdirect.integration.behaviour;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.tikvdirect.integration.IndependentCluster;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides once per JVM whether there is an independent cluster to be had, and says once when there is none. */
final class IndependentClusterCondition implements ExecutionCondition {
    private static final class Availability {
        static final String LACKING = IndependentCluster.unavailableBecause();

        static {
            if (LACKING != null) {
                System.out.println("NOT RUN on an independent cluster: " + LACKING
                        + " (install Go 1.25 or newer, or set PD_ADDRS to a cluster of yours)");
            }
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!Boolean.getBoolean("tikvdirect.integration")) {
            return disabled("runs with -Pintegration only");
        }
        if (System.getenv("PD_ADDRS") != null) {
            return disabled("PD_ADDRS names the cluster to use");
        }
        return Availability.LACKING == null ? enabled("servers are built") : disabled(Availability.LACKING);
    }
}
