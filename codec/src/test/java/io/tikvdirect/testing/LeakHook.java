package io.tikvdirect.testing;

import java.util.List;
import net.jqwik.api.lifecycle.AfterContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;

/** Thread-safe: what {@link LeakExtension} is for Jupiter, for the classes that jqwik runs; registered automatically. */
public final class LeakHook implements AfterContainerHook {
    private final LeakRecorder recorder = LeakRecorder.install();

    /** Installs the recorder before any property touches Netty. */
    public LeakHook() {}

    @Override
    public void afterContainer(final ContainerLifecycleContext context) {
        if (context.optionalContainerClass().isEmpty()) {
            return;
        }
        final List<String> leaks = recorder.collect();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " leak(s) seen after " + context.label() + ":\n" + String.join("\n", leaks));
        }
    }

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }
}
