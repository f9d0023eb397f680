package io.tikvdirect.transport;

import org.jspecify.annotations.Nullable;

/**
 * Immutable: how a call ended.
 *
 * @param code the gRPC code, from the server or made here
 * @param message of the server or of this side, may be empty
 * @param trailers of the server, empty when it sent none
 * @param unprocessed true when the server surely did not execute the call: it was never sent, refused (REFUSED_STREAM)
 *     or is above the last stream id of a GOAWAY. It is safe to send it again, whatever it does
 * @param cause of a failure on this side, null when the server answered
 */
public record GrpcStatus(
        GrpcStatusCode code, String message, Metadata trailers, boolean unprocessed, @Nullable Throwable cause) {
    /**
     * A status made on this side.
     *
     * @param code the code
     * @param message for a person
     * @param cause null when there is none
     * @return a status that says nothing of whether the server has executed the call
     */
    static GrpcStatus of(final GrpcStatusCode code, final String message, final @Nullable Throwable cause) {
        return new GrpcStatus(code, message, Metadata.EMPTY, false, cause);
    }

    /**
     * A status of a call that the server surely did not execute.
     *
     * @param code the code
     * @param message for a person
     * @param cause null when there is none
     * @return the status
     */
    static GrpcStatus ofUnprocessed(final GrpcStatusCode code, final String message, final @Nullable Throwable cause) {
        return new GrpcStatus(code, message, Metadata.EMPTY, true, cause);
    }

    /**
     * Whether the call succeeded.
     *
     * @return true for {@link GrpcStatusCode#OK}
     */
    public boolean isOk() {
        return code == GrpcStatusCode.OK;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(code.name());
        if (!message.isEmpty()) {
            text.append(": ").append(message);
        }
        if (unprocessed) {
            text.append(" (not processed by the server)");
        }
        return text.toString();
    }
}
