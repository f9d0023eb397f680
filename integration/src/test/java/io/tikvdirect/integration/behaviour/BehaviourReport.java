package io.tikvdirect.integration.behaviour;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Skips, by the name of a server's feature, what the server cannot serve, and counts what became of every test. */
final class BehaviourReport implements ExecutionCondition, TestWatcher {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            return ConditionEvaluationResult.enabled("the class");
        }
        Capability capability = context.getRequiredTestMethod().getAnnotation(Capability.class);
        if (capability == null) {
            throw new IllegalStateException(context.getDisplayName() + " names no capability");
        }
        ServerUnderTest server = server(context);
        Set<ServerFeature> lacking = EnumSet.noneOf(ServerFeature.class);
        for (ServerFeature feature : capability.needs()) {
            if (!server.features().contains(feature)) {
                lacking.add(feature);
            }
        }
        return lacking.isEmpty()
                ? ConditionEvaluationResult.enabled("served")
                : ConditionEvaluationResult.disabled("lacks " + lacking);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        counts(context).passed();
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        counts(context).failed(context.getRequiredTestMethod().getName());
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        counts(context).failed(context.getRequiredTestMethod().getName() + " (aborted)");
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        counts(context).notServed(context.getRequiredTestMethod().getName() + " " + reason.orElse(""));
    }

    private static CountsPerServer.Counts counts(ExtensionContext context) {
        return CountsPerServer.of(context).server(server(context).name());
    }

    private static ServerUnderTest server(ExtensionContext context) {
        return ((ServerBehaviour) context.getRequiredTestInstance()).server();
    }
}
