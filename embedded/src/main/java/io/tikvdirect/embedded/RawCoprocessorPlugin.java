package io.tikvdirect.embedded;

import java.util.List;
import java.util.Map;

/** Thread-safe by its implementer. Answers RawCoprocessor requests by its name and version. */
@FunctionalInterface
public interface RawCoprocessorPlugin {
    /**
     * Answers one request; runs on an event loop and must be quick.
     *
     * @param pairs the living pairs of the asked ranges inside of the region, in the order of ranges and keys; keys and
     *     values as requests carry them
     * @param request the request's data
     * @return the answer's data
     * @throws RuntimeException whose message becomes the answer's error text
     */
    byte[] answer(List<Map.Entry<byte[], byte[]>> pairs, byte[] request);
}
