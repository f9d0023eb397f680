package io.tikvdirect.client;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. The facts of a failed operation, for programs; the exception's message holds the same for people.
 *
 * @param operation what was asked for, such as {@code raw_get}, or null when unknown
 * @param key the first key concerned, redacted by the client's {@link KeyRedaction}, or null
 * @param regionId the region of the last attempt, 0 when none
 * @param storeId the store of the last attempt, 0 when none
 * @param storeAddress that store's {@code host:port}, or null
 * @param attempts how many requests were sent or tried
 * @param elapsed time from the call to this failure, or null when not measured
 * @param budget what the caller allowed in all, or null when there was no limit
 * @param lastServerError the last error a server answered with, or null
 * @param history what was met before, oldest first
 */
public record FailureDetails(
        @Nullable String operation,
        @Nullable String key,
        long regionId,
        long storeId,
        @Nullable String storeAddress,
        int attempts,
        @Nullable Duration elapsed,
        @Nullable Duration budget,
        @Nullable String lastServerError,
        List<String> history)
        implements Serializable {

    /** No facts: nothing was attempted. */
    public static final FailureDetails NONE =
            new FailureDetails(null, null, 0, 0, null, 0, null, null, null, List.of());

    /** Copies the history. */
    public FailureDetails {
        history = List.copyOf(history);
    }

    /**
     * Starts collecting facts.
     *
     * @param operation what was asked for, such as {@code raw_get}
     * @return a builder with nothing else set
     */
    public static Builder of(final String operation) {
        return new Builder(operation);
    }

    String appendTo(final String what, final ErrorCode code) {
        final StringBuilder out = new StringBuilder(what).append(" [code=").append(code);
        appendFacts(out);
        return out.append(']').toString();
    }

    /**
     * The facts in one line.
     *
     * @return {@code name=value} pairs, those that are known; keys as far as they may be shown
     */
    public String describe() {
        final StringBuilder out = new StringBuilder();
        appendFacts(out);
        return out.toString().trim();
    }

    private void appendFacts(final StringBuilder out) {
        append(out, "operation", operation);
        append(out, "key", key);
        append(out, "region", regionId == 0 ? null : regionId);
        append(out, "store", storeId == 0 ? null : storeId);
        append(out, "address", storeAddress);
        append(out, "attempts", attempts == 0 ? null : attempts);
        append(out, "elapsed", seconds(elapsed));
        append(out, "budget", seconds(budget));
        append(out, "last_error", lastServerError == null ? null : '"' + lastServerError + '"');
        append(out, "history", history.isEmpty() ? null : history);
    }

    private static void append(final StringBuilder out, final String name, final @Nullable Object value) {
        if (value != null) {
            out.append(' ').append(name).append('=').append(value);
        }
    }

    private static @Nullable String seconds(final @Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0 + "s";
    }

    /** Confined to one thread. Collects the facts of one failure. */
    public static final class Builder {
        private final String operation;
        private @Nullable String key;
        private long regionId;
        private long storeId;
        private @Nullable String storeAddress;
        private int attempts;
        private @Nullable Duration elapsed;
        private @Nullable Duration budget;
        private @Nullable String lastServerError;
        private List<String> history = List.of();

        private Builder(final String operation) {
            this.operation = operation;
        }

        /**
         * Sets the key.
         *
         * @param redacted the key as it may be shown
         * @return this
         */
        public Builder key(final @Nullable String redacted) {
            key = redacted;
            return this;
        }

        /**
         * Sets the region of the last attempt.
         *
         * @param id region id, 0 for none
         * @return this
         */
        public Builder region(final long id) {
            regionId = id;
            return this;
        }

        /**
         * Sets the store of the last attempt.
         *
         * @param id store id, 0 for none
         * @param address its {@code host:port}, or null
         * @return this
         */
        public Builder store(final long id, final @Nullable String address) {
            storeId = id;
            storeAddress = address;
            return this;
        }

        /**
         * Sets how many requests were sent or tried.
         *
         * @param count at least 0
         * @return this
         */
        public Builder attempts(final int count) {
            attempts = count;
            return this;
        }

        /**
         * Sets the time spent.
         *
         * @param nanos from the call to the failure, in nanoseconds
         * @return this
         */
        public Builder elapsedNs(final long nanos) {
            elapsed = Duration.ofNanos(nanos);
            return this;
        }

        /**
         * Sets the time allowed.
         *
         * @param nanos from the call to its deadline, in nanoseconds
         * @return this
         */
        public Builder budgetNs(final long nanos) {
            budget = Duration.ofNanos(nanos);
            return this;
        }

        /**
         * Sets the last error a server answered with.
         *
         * @param error its text, or null
         * @return this
         */
        public Builder lastServerError(final @Nullable String error) {
            lastServerError = error;
            return this;
        }

        /**
         * Sets what was met before.
         *
         * @param lines oldest first; copied by {@link #build()}
         * @return this
         */
        public Builder history(final List<String> lines) {
            history = lines;
            return this;
        }

        /**
         * The facts collected.
         *
         * @return an immutable copy
         */
        public FailureDetails build() {
            return new FailureDetails(
                    operation,
                    key,
                    regionId,
                    storeId,
                    storeAddress,
                    attempts,
                    elapsed,
                    budget,
                    lastServerError,
                    history);
        }
    }
}
