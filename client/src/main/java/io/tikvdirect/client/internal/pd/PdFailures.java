package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.ClusterMismatchException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.TlsFailureException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.GrpcStatusCode;
import io.tikvdirect.transport.GrpcStatusException;
import io.tikvdirect.transport.TransportException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Thread-safe, without state. What a failed call to PD means: whether another attempt can help, and what to tell. */
final class PdFailures {
    private PdFailures() {}

    static Throwable unwrapped(final Throwable failure) {
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause == null ? failure : cause;
    }

    static @Nullable GrpcStatus status(final Throwable failure) {
        return failure instanceof GrpcStatusException status ? status.status() : null;
    }

    /** The failure that no other attempt can mend, or null. */
    static @Nullable TikvException finalFailure(final Throwable failure, final FailureDetails details) {
        if (failure instanceof TikvException typed) {
            return typed.isRetryable() ? null : typed;
        }
        final GrpcStatus status = status(failure);
        if (status == null) {
            return null;
        }
        return switch (status.code()) {
            case FAILED_PRECONDITION -> refusedPrecondition(status, details, failure);
            case UNIMPLEMENTED ->
                new UnsupportedFeatureException(
                        "this PD does not offer the call: " + status.message(), details, failure);
            case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED ->
                new ServerException(ErrorCode.SERVER_ERROR, "PD refuses the call: " + status, details, failure);
            default -> null;
        };
    }

    private static @Nullable TikvException refusedPrecondition(
            final GrpcStatus status, final FailureDetails details, final Throwable failure) {
        return status.message().contains("mismatch cluster id")
                ? new ClusterMismatchException("PD belongs to another cluster: " + status.message(), details, failure)
                : null;
    }

    /** What a failed attempt says about PD, for the circuit breaker: a refusal is an answer. */
    static CircuitBreaker.Outcome outcome(final Throwable failure) {
        if (failure instanceof TikvException) {
            return CircuitBreaker.Outcome.ANSWERED;
        }
        final GrpcStatus status = status(failure);
        if (status == null) {
            return CircuitBreaker.Outcome.FAILED;
        }
        return switch (status.code()) {
            case DEADLINE_EXCEEDED, UNAVAILABLE, RESOURCE_EXHAUSTED -> CircuitBreaker.Outcome.FAILED;
            case CANCELLED -> CircuitBreaker.Outcome.UNKNOWN;
            default -> CircuitBreaker.Outcome.ANSWERED;
        };
    }

    /** Whether nothing at all came back in time: the connection is not worth keeping. */
    static boolean isSilence(final Throwable failure) {
        final GrpcStatus status = status(failure);
        return status != null && status.code() == GrpcStatusCode.DEADLINE_EXCEEDED;
    }

    /** Whether the peer does not even speak as it should, which only another configuration mends. */
    static boolean isMisconfiguration(final Throwable failure) {
        final TransportException cause = transportCause(failure);
        if (cause == null) {
            return false;
        }
        return switch (cause.kind()) {
            case TLS_FAILURE, ALPN_MISSING, NOT_HTTP2 -> true;
            default -> false;
        };
    }

    /** What the caller is told when his deadline ends the trying. */
    static TikvException unavailable(final String what, final @Nullable Throwable last, final FailureDetails details) {
        if (last instanceof TikvException typed && typed.code() != ErrorCode.PD_UNAVAILABLE) {
            return typed;
        }
        final TransportException cause = last == null ? null : transportCause(last);
        if (cause != null && cause.kind() == TransportException.Kind.TLS_FAILURE) {
            return new TlsFailureException("TLS with PD fails: " + cause.getMessage(), details, last);
        }
        if (last != null && isMisconfiguration(last)) {
            return new ProtocolException(
                    "what listens at the PD address is not PD, or TLS is set on one side only: " + describe(last),
                    details,
                    last);
        }
        return new PdUnavailableException(what + (last == null ? "" : ": " + describe(last)), details, last);
    }

    static @Nullable String describe(final Throwable failure) {
        final GrpcStatus status = status(failure);
        return status == null ? failure.getMessage() : status.toString();
    }

    private static @Nullable TransportException transportCause(final Throwable failure) {
        Throwable cause = failure;
        while (cause != null) {
            if (cause instanceof TransportException found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
