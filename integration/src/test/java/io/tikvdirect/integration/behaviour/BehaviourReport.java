package io.tikvdirect.integration.behaviour;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Skips, by name, what the server cannot serve, and prints how many tests passed, failed and were not served. */
final class BehaviourReport implements ExecutionCondition, TestWatcher, AfterAllCallback {
    private int passed;
    private int failed;
    private final List<String> notServed = new ArrayList<>();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            return ConditionEvaluationResult.enabled("the class");
        }
        Capability capability = context.getRequiredTestMethod().getAnnotation(Capability.class);
        if (capability == null) {
            throw new IllegalStateException(context.getDisplayName() + " names no capability");
        }
        Set<ServerFeature> lacking = EnumSet.noneOf(ServerFeature.class);
        ServerUnderTest server = server(context);
        for (ServerFeature feature : capability.needs()) {
            if (!server.features().contains(feature)) {
                lacking.add(feature);
            }
        }
        return lacking.isEmpty()
                ? ConditionEvaluationResult.enabled("served")
                : ConditionEvaluationResult.disabled(server.name() + " lacks " + lacking);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        passed++;
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        failed++;
    }

    @Override
    public void testDisabled(ExtensionContext context, java.util.Optional<String> reason) {
        notServed.add(context.getRequiredTestMethod().getName() + " (" + reason.orElse("") + ")");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.out.printf(
                "behaviour of %s: %d passed, %d failed, %d not served%s%n",
                server(context).name(), passed, failed, notServed.size(), notServed.isEmpty() ? "" : " " + notServed);
    }

    private static ServerUnderTest server(ExtensionContext context) {
        return ((RawBehaviour) context.getTestInstance().orElseGet(context::getRequiredTestInstance)).server();
    }
}
