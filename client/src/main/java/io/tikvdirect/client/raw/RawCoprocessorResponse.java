package io.tikvdirect.client.raw;

import io.tikvdirect.client.KeyRange;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Immutable, but for the array it hands out. What a raw coprocessor plug-in answered for one region. */
public final class RawCoprocessorResponse {

    private final KeyRange range;
    private final byte[] data;

    /**
     * Names an answer.
     *
     * @param range the part of the asked range that lies in the region
     * @param data the plug-in's answer; kept, not copied
     */
    public RawCoprocessorResponse(KeyRange range, byte[] data) {
        this.range = Objects.requireNonNull(range, "range");
        this.data = Objects.requireNonNull(data, "data");
    }

    /**
     * The part of the asked range that lies in the region.
     *
     * @return never null
     */
    public KeyRange range() {
        return range;
    }

    /**
     * The plug-in's answer.
     *
     * @return not a copy
     */
    public byte[] data() {
        return data;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RawCoprocessorResponse response
                && range.equals(response.range)
                && Arrays.equals(data, response.data);
    }

    @Override
    public int hashCode() {
        return 31 * range.hashCode() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "RawCoprocessorResponse[range=" + range + ", data=" + data.length + " bytes]";
    }
}
