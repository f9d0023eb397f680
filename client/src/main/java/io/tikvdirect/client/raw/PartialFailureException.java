package io.tikvdirect.client.raw;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.TikvException;
import java.util.List;

/**
 * Immutable. A batch operation of which a part failed. Its code is {@link ErrorCode#UNDETERMINED} when the outcome of
 * some key is unknown, else the code of the first failure, which is also the {@linkplain #getCause() cause}; further
 * failures are {@linkplain #getSuppressed() suppressed} ones, at most {@value #MAX_SUPPRESSED}.
 */
public final class PartialFailureException extends TikvException {

    /** How many failures beside the first are kept. */
    public static final int MAX_SUPPRESSED = 15;

    private static final long serialVersionUID = 1L;

    private final transient List<byte[]> failedKeys;
    private final int totalKeys;

    /**
     * Names what failed.
     *
     * @param failedKeys the keys without a result, in the caller's order; the list is copied
     * @param totalKeys how many keys the call had
     * @param failures at least one, in the order they happened
     */
    public PartialFailureException(List<byte[]> failedKeys, int totalKeys, List<? extends TikvException> failures) {
        super(
                failures.stream().anyMatch(TikvException::isUndetermined)
                        ? ErrorCode.UNDETERMINED
                        : failures.get(0).code(),
                failedKeys.size() + " of " + totalKeys + " keys failed, first failure: "
                        + withoutDetails(failures.get(0)),
                failures.get(0).details(),
                failures.get(0));
        this.failedKeys = List.copyOf(failedKeys);
        this.totalKeys = totalKeys;
        failures.stream().skip(1).limit(MAX_SUPPRESSED).forEach(this::addSuppressed);
    }

    /** The details are this exception's own as well, and told once. */
    private static String withoutDetails(TikvException failure) {
        String message = String.valueOf(failure.getMessage());
        int details = message.indexOf(" [code=");
        return details < 0 ? message : message.substring(0, details);
    }

    /**
     * The keys that failed or whose outcome is unknown; every other key succeeded.
     *
     * @return in the caller's order; empty after deserialisation
     */
    @SuppressWarnings("ConstantValue")
    public List<byte[]> failedKeys() {
        return failedKeys == null ? List.of() : failedKeys;
    }

    /**
     * How many keys the call had.
     *
     * @return at least {@code failedKeys().size()}
     */
    public int totalKeys() {
        return totalKeys;
    }
}
