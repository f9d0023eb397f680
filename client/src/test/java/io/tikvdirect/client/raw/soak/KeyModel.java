package io.tikvdirect.client.raw.soak;

import java.util.HashSet;
import java.util.Set;

/**
 * Confined to its worker. What one key may hold; the empty text stands for no key.
 *
 * <p>A write that failed may have been applied or not, and may still be applied, when a store gets round to it late; so it
 * stays possible for ever, beside what later writes that succeeded leave behind.
 */
final class KeyModel {

    private final Set<String> late = new HashSet<>();
    private Set<String> possible = Set.of("");

    void written(String text) {
        possible = Set.of(text);
    }

    /** A write that failed, with the outcome unknown. */
    void maybeWritten(String text) {
        Set<String> more = new HashSet<>(possible);
        more.add(text);
        possible = more;
        late.add(text);
    }

    /** What the key holds for certain; null when that is not known. */
    String certain() {
        return possible.size() == 1 && late.isEmpty() ? possible.iterator().next() : null;
    }

    boolean mayBe(String text) {
        return possible.contains(text) || late.contains(text);
    }

    @Override
    public String toString() {
        return possible + (late.isEmpty() ? "" : " or late " + late);
    }
}
