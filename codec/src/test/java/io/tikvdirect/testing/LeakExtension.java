package io.tikvdirect.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Thread-safe: fails a test class in which something that Netty counts references of, such as a buffer, was lost without
 * being released.
 *
 * <p>Registered automatically for every Jupiter class of a module that has this on its test class path and runs with
 * {@code junit.jupiter.extensions.autodetection.enabled=true}. What a test class keeps reachable until its end, for
 * instance in a static field, is looked at once more after the last class.
 */
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakExtension.class);

    private final LeakRecorder recorder = LeakRecorder.install();

    /** Installs the recorder before any test class touches Netty. */
    public LeakExtension() {}

    @Override
    public void beforeAll(final ExtensionContext context) {
        context.getRoot().getStore(NAMESPACE).computeIfAbsent("after the last class", key ->
                (AutoCloseable) () -> failOnLeaks("the last class"));
    }

    @Override
    public void afterAll(final ExtensionContext context) {
        final boolean nested = context.getRequiredTestClass().getEnclosingClass() != null;
        if (!nested) {
            failOnLeaks(context.getRequiredTestClass().getName());
        }
    }

    private void failOnLeaks(final String place) {
        final List<String> leaks = recorder.collect();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leak(s) seen after " + place + ":\n" + String.join("\n", leaks));
        }
    }
}
