package io.tikvdirect.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/**
 * Stateless: lets Awaitility wait for a minute where a test does not say how long. What is awaited comes within milliseconds
 * on a quiet machine; Awaitility's own ten seconds are too few for one that has other work to do.
 *
 * <p>Registered automatically for every Jupiter class of a module that has this on its test class path and runs with
 * {@code junit.jupiter.extensions.autodetection.enabled=true}.
 */
public final class PatientAwaits implements Extension {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Sets the default of this JVM. */
    public PatientAwaits() {
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
