package io.tikvdirect.integration.behaviour;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Thread-safe. What became of the behaviour tests on every server, printed when the last test of the run is over. */
final class CountsPerServer implements AutoCloseable {
    private final Map<String, Counts> servers = new TreeMap<>();

    /** The one of this run. */
    static CountsPerServer of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(CountsPerServer.class))
                .computeIfAbsent(CountsPerServer.class, key -> new CountsPerServer(), CountsPerServer.class);
    }

    synchronized Counts server(String name) {
        return servers.computeIfAbsent(name, key -> new Counts());
    }

    @Override
    public synchronized void close() {
        StringBuilder report = new StringBuilder(
                String.format("%n%-24s %8s %8s %10s%n", "behaviour of", "passed", "failed", "not served"));
        servers.forEach((name, counts) -> counts.describe(name, report));
        System.out.println(report);
    }

    /** Counts of one server, and the names behind those that did not pass. */
    static final class Counts {
        private int passed;
        private final List<String> failed = new ArrayList<>();
        private final List<String> notServed = new ArrayList<>();

        synchronized void passed() {
            passed++;
        }

        synchronized void failed(String test) {
            failed.add(test);
        }

        synchronized void notServed(String testAndFeature) {
            notServed.add(testAndFeature);
        }

        private synchronized void describe(String server, StringBuilder report) {
            report.append(String.format(
                    Locale.ROOT, "%-24s %8d %8d %10d%n", server, passed, failed.size(), notServed.size()));
            failed.forEach(test -> report.append("    FAILED ").append(test).append('\n'));
            notServed.forEach(
                    test -> report.append("    not served: ").append(test).append('\n'));
        }
    }
}
