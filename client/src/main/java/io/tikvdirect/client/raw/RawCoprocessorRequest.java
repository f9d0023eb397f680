package io.tikvdirect.client.raw;

import io.tikvdirect.client.KeyRange;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Immutable. A call of a raw coprocessor plug-in.
 *
 * @param plugin name of the plug-in
 * @param versionRequirement semantic-version requirement the plug-in must meet, for example {@code ^1.2.0}
 * @param ranges the ranges to work on; each is cut at the borders of regions
 * @param input makes the input of one region from the part of the ranges that lies in it; may be called again with
 *     other parts after a split or merge
 */
public record RawCoprocessorRequest(
        String plugin, String versionRequirement, List<KeyRange> ranges, Function<KeyRange, byte[]> input) {

    /** Copies the list. */
    public RawCoprocessorRequest {
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(versionRequirement, "versionRequirement");
        ranges = List.copyOf(ranges);
        Objects.requireNonNull(input, "input");
    }
}
