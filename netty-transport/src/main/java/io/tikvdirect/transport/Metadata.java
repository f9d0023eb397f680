package io.tikvdirect.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Immutable: custom metadata of a call, in the order sent; names may repeat. Names are lower case; a name that ends
 * with {@code -bin} has binary values, which travel as base64.
 */
public final class Metadata {
    /** No metadata. */
    public static final Metadata EMPTY = new Metadata(List.of());

    /** What a binary name ends with. */
    public static final String BINARY_SUFFIX = "-bin";

    /**
     * One field as on the wire.
     *
     * @param name lower case
     * @param value base64 for binary names
     */
    record Field(String name, String value) {}

    private final List<Field> fields;

    Metadata(final List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /**
     * Builds metadata.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    List<Field> fields() {
        return fields;
    }

    /**
     * Whether there is nothing.
     *
     * @return true when empty
     */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /**
     * All names, in order, repeated as often as they occur.
     *
     * @return immutable
     */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /**
     * The last value of a name.
     *
     * @param name in any case; for a binary name the base64 text comes back
     * @return null when absent
     */
    public @Nullable String get(final String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        String found = null;
        for (final Field field : fields) {
            if (field.name.equals(lower)) {
                found = field.value;
            }
        }
        return found;
    }

    /**
     * All values of a name, in order.
     *
     * @param name in any case
     * @return immutable, empty when absent
     */
    public List<String> getAll(final String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> field.name.equals(lower))
                .map(Field::value)
                .toList();
    }

    /**
     * All values of a binary name, in order. Values that the peer joined with commas are separated; what is no base64
     * is left out.
     *
     * @param name in any case, ending with {@code -bin}
     * @return fresh arrays, empty when absent
     */
    public List<byte[]> getBinary(final String name) {
        if (!name.toLowerCase(Locale.ROOT).endsWith(BINARY_SUFFIX)) {
            throw new IllegalArgumentException("a binary name ends with " + BINARY_SUFFIX + ": " + name);
        }
        final List<byte[]> values = new ArrayList<>();
        for (final String joined : getAll(name)) {
            for (final String value : joined.split(",", -1)) {
                final byte @Nullable [] bytes = decode(value.trim());
                if (bytes != null) {
                    values.add(bytes);
                }
            }
        }
        return List.copyOf(values);
    }

    private static byte @Nullable [] decode(final String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null; // the gRPC specification leaves an undecodable value to the receiver: it is no value
        }
    }

    @Override
    public String toString() {
        return names().toString();
    }

    /** Not thread-safe: collects metadata to send. */
    public static final class Builder {
        private final List<Field> fields = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a text value.
         *
         * @param name of letters, digits, {@code _}, {@code -} and {@code .}, not beginning with {@code grpc-}, not
         *     ending with {@code -bin}
         * @param value of printable ASCII, not beginning or ending with a space
         * @return this
         * @throws IllegalArgumentException when the name or the value cannot be sent
         */
        public Builder put(final String name, final String value) {
            final String lower = verifyName(name, false);
            final boolean printable = value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
            if (!printable || !value.equals(value.strip())) {
                throw new IllegalArgumentException("value of " + name + " is not printable ASCII");
            }
            fields.add(new Field(lower, value));
            return this;
        }

        /**
         * Adds a binary value.
         *
         * @param name as for text, but ending with {@code -bin}
         * @param value any bytes, copied
         * @return this
         * @throws IllegalArgumentException when the name cannot be sent
         */
        public Builder put(final String name, final byte[] value) {
            final String encoded =
                    new String(Base64.getEncoder().withoutPadding().encode(value), StandardCharsets.US_ASCII);
            fields.add(new Field(verifyName(name, true), encoded));
            return this;
        }

        private static String verifyName(final String name, final boolean binary) {
            final String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.matches("[a-z0-9_.-]+") || lower.startsWith("grpc-") || Reserved.NAMES.contains(lower)) {
                throw new IllegalArgumentException("not a name of metadata: " + name);
            }
            if (lower.endsWith(BINARY_SUFFIX) != binary) {
                throw new IllegalArgumentException(
                        "names that end with -bin, and only they, have binary values: " + name);
            }
            return lower;
        }

        /**
         * Makes the metadata.
         *
         * @return immutable
         */
        public Metadata build() {
            return fields.isEmpty() ? EMPTY : new Metadata(fields);
        }
    }

    /** Immutable: fields that HTTP/2 and gRPC keep for themselves. */
    private static final class Reserved {
        private static final java.util.Set<String> NAMES = java.util.Set.of(
                "te",
                "content-type",
                "user-agent",
                "connection",
                "keep-alive",
                "proxy-connection",
                "transfer-encoding",
                "upgrade",
                "host");
    }
}
