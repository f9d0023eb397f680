package io.tikvdirect.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Confined to JUnit's test thread. Gives tests an {@link EmbeddedCluster}: as a method parameter, and by {@link
 * #cluster()}. Registered on a static field the cluster lives as long as the test class, on an instance field as long as
 * one test method; {@code @ExtendWith} gives each class one cluster with the default settings. A test that fails prints
 * the cluster's topology to the standard error output.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EmbeddedClusterExtension TIKV = new EmbeddedClusterExtension(c -> c.stores(3).regions(4));
 *
 * @Test
 * void reads(EmbeddedCluster cluster) { ... }
 * }</pre>
 */
public final class EmbeddedClusterExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    private final UnaryOperator<EmbeddedClusterBuilder> settings;
    private @Nullable EmbeddedCluster cluster;
    private boolean livesAsLongAsTheClass;

    /** A cluster with the default settings. */
    public EmbeddedClusterExtension() {
        this(builder -> builder);
    }

    /** A cluster with settings of its own. */
    public EmbeddedClusterExtension(UnaryOperator<EmbeddedClusterBuilder> settings) {
        this.settings = settings;
    }

    /**
     * The cluster.
     *
     * @throws IllegalStateException outside of a test
     */
    public EmbeddedCluster cluster() {
        EmbeddedCluster running = cluster;
        if (running == null) {
            throw new IllegalStateException("the embedded cluster runs only during tests");
        }
        return running;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        livesAsLongAsTheClass = true;
        if (cluster == null) {
            start();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!livesAsLongAsTheClass) {
            start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> report(context));
        if (!livesAsLongAsTheClass) {
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster();
    }

    private void report(ExtensionContext context) {
        System.err.println(context.getDisplayName() + " failed on " + cluster().describe());
    }

    private void start() {
        try {
            cluster = settings.apply(EmbeddedCluster.builder()).start();
        } catch (IOException failed) {
            throw new UncheckedIOException("the embedded cluster did not start", failed);
        }
    }

    private void stop() {
        EmbeddedCluster running = cluster;
        cluster = null;
        if (running != null) {
            running.close();
        }
    }
}
