package io.tikvdirect.client.raw;

/**
 * Not thread-safe, but may be handed to another thread. A result whose bytes stay valid until it is closed.
 */
public interface RetainedResult extends ResultView, AutoCloseable {

    /** Gives the bytes back; the view must not be used afterwards. Closing twice does nothing. */
    @Override
    void close();
}
