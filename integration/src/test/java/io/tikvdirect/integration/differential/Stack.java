package io.tikvdirect.integration.differential;

import java.io.IOException;

/** Confined to one thread. A client on a cluster, seen through the shell language. */
interface Stack extends AutoCloseable {
    /** For reports. */
    String name();

    /**
     * The line of JSON that answers one statement.
     *
     * @throws IOException if there is none in time, or the session has ended
     */
    String answer(String statement) throws IOException;

    @Override
    void close();
}
