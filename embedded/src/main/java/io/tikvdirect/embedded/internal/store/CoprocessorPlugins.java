package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.RawCoprocessorPlugin;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The coprocessor plugins which tests have registered. */
public final class CoprocessorPlugins {
    private record Registered(String name, PluginVersion version, RawCoprocessorPlugin plugin) {}

    private final List<Registered> plugins = new CopyOnWriteArrayList<>();

    /**
     * Registers a plugin.
     *
     * @param version three numbers with dots between
     * @throws IllegalArgumentException when the version is anything else
     */
    public void register(String name, String version, RawCoprocessorPlugin plugin) {
        plugins.add(new Registered(name, PluginVersion.parse(version), plugin));
    }

    boolean areDisabled() {
        return plugins.isEmpty();
    }

    /** The plugin of that name whose version meets {@code requirement}, the latest registered first. */
    @Nullable
    RawCoprocessorPlugin find(String name, String requirement) {
        for (int i = plugins.size() - 1; i >= 0; i--) {
            Registered registered = plugins.get(i);
            if (registered.name.equals(name) && registered.version.meets(requirement)) {
                return registered.plugin;
            }
        }
        return null;
    }
}
