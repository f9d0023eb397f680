package io.tikvdirect.integration.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Immutable. The ids that a behaviour test may name. */
final class KnownCapabilities {
    private static final String FILE = "/behaviour/capabilities.txt";
    private static final Set<String> IDS = read();

    private KnownCapabilities() {}

    private static Set<String> read() {
        try (InputStream in = KnownCapabilities.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + FILE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.strip().split(" +")))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails a test that names none, or one that does not exist. */
    static void require(String test, Capability capability) {
        if (capability == null || capability.value().length == 0) {
            throw new IllegalStateException(test + " names no capability");
        }
        for (String id : capability.value()) {
            if (!IDS.contains(id)) {
                throw new IllegalStateException(test + " names a capability that does not exist: " + id);
            }
        }
    }
}
