package io.tikvdirect.integration.behaviour;

import java.lang.reflect.Method;
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
        KnownCapabilities.require(context.getDisplayName(), capability);
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
        counts(context).failed(name(context));
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        counts(context).failed(name(context) + " (aborted)");
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        counts(context).notServed(name(context) + " " + reason.orElse(""));
    }

    /** The test's capabilities and its name. */
    private static String name(ExtensionContext context) {
        Method test = context.getRequiredTestMethod();
        return String.join(",", test.getAnnotation(Capability.class).value()) + " " + test.getName();
    }

    private static CountsPerServer.Counts counts(ExtensionContext context) {
        return CountsPerServer.of(context).server(server(context).name());
    }

    private static ServerUnderTest server(ExtensionContext context) {
        return ((ServerBehaviour) context.getRequiredTestInstance()).server();
    }
}
