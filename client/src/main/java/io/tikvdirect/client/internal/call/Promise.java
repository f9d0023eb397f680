package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Where the result of a call goes; the first of the two methods ends it.
 *
 * @param <T> the result
 */
public interface Promise<T extends @Nullable Object> {

    /**
     * The call succeeded.
     *
     * @param result its result
     */
    void succeed(T result);

    /**
     * The call failed.
     *
     * @param failure why
     */
    void fail(TikvException failure);

    /** {@return whether somebody still waits for the result; when not, what was not sent yet need not be} */
    default boolean isWanted() {
        return true;
    }
}
