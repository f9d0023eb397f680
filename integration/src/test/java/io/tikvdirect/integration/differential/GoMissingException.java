package io.tikvdirect.integration.differential;

import java.io.IOException;

/** Immutable. There is no Go to build something with; its message is what the script said. */
final class GoMissingException extends IOException {
    private static final long serialVersionUID = 1L;

    GoMissingException(String message) {
        super(message);
    }
}
