package io.tikvdirect.embedded.internal.fault;

import io.grpc.Status;
import io.tikvdirect.embedded.FaultSite;
import io.tikvdirect.proto.errorpb.Error;
import java.util.function.Function;

/**
 * Immutable. What happens to a request on which a rule fires.
 *
 * @param kind what is done
 * @param delayMs how long the request waits before, 0 = not at all
 * @param regionError the error that {@link Kind#REGION_ERROR} answers
 * @param status the status that {@link Kind#FAIL} ends the call with
 */
public record FaultEffect(Kind kind, long delayMs, Function<FaultSite, Error> regionError, Status status) {
    /** What can be done to a request. */
    public enum Kind {
        /** Serve it (after the delay). */
        SERVE,
        /** Neither execute nor answer it. */
        DROP_BEFORE,
        /** Execute it and never answer. */
        DROP_AFTER,
        /** Reset its stream without executing it. */
        RESET_BEFORE,
        /** Execute it, then reset its stream. */
        RESET_AFTER,
        /** Close its connection without executing it. */
        CLOSE_BEFORE,
        /** Execute it, then close its connection. */
        CLOSE_AFTER,
        /** Send GOAWAY that allows the streams there are, and serve it. */
        GOAWAY,
        /** Send GOAWAY that disowns the request's own stream, and don't execute it. */
        GOAWAY_REFUSING,
        /** Answer a region error without executing it. */
        REGION_ERROR,
        /** End the call with a gRPC status without executing it. */
        FAIL;

        /** Whether the request is executed. */
        public boolean executes() {
            return this == SERVE || this == DROP_AFTER || this == RESET_AFTER || this == CLOSE_AFTER || this == GOAWAY;
        }
    }
}
