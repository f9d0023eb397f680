package io.tikvdirect.transport;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;

/** Immutable: request headers of gRPC over HTTP/2, for all calls of one connection. */
final class RequestHeaders {
    private static final AsciiString POST = AsciiString.cached("POST");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");

    /** Exactly this: a multiplexer in front of PD compares the whole value (H20). */
    private static final AsciiString APPLICATION_GRPC = AsciiString.cached("application/grpc");

    private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
    private static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");
    private static final AsciiString GRPC_ENCODING = AsciiString.cached("grpc-encoding");
    private static final AsciiString GRPC_ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");
    private static final AsciiString GZIP = AsciiString.cached("gzip");
    private static final AsciiString IDENTITY_GZIP = AsciiString.cached("identity,gzip");

    /** The gRPC specification allows eight digits. */
    private static final long MAX_TIMEOUT_VALUE = 99_999_999;

    private static final TimeUnit[] UNITS = {
        TimeUnit.NANOSECONDS,
        TimeUnit.MICROSECONDS,
        TimeUnit.MILLISECONDS,
        TimeUnit.SECONDS,
        TimeUnit.MINUTES,
        TimeUnit.HOURS
    };
    private static final String UNIT_LETTERS = "numSMH";

    private final AsciiString scheme;
    private final AsciiString authority;
    private final AsciiString userAgent;
    private final boolean acceptGzip;

    RequestHeaders(final TransportOptions options, final String authority) {
        scheme = AsciiString.of(options.tls() == null ? "http" : "https");
        this.authority = AsciiString.of(authority);
        userAgent = AsciiString.of(options.userAgent());
        acceptGzip = options.compression() == Compression.GZIP;
    }

    Http2Headers make(final GrpcMethod method, final CallOptions options, final long nowNs) {
        final Http2Headers headers = new DefaultHttp2Headers(false, 16);
        headers.method(POST).scheme(scheme).authority(authority).path(method.path());
        headers.add(TE, TRAILERS).add(CONTENT_TYPE, APPLICATION_GRPC).add(USER_AGENT, userAgent);
        if (acceptGzip) {
            headers.add(GRPC_ACCEPT_ENCODING, IDENTITY_GZIP);
            if (options.gzip()) {
                headers.add(GRPC_ENCODING, GZIP);
            }
        }
        if (options.hasDeadline()) {
            headers.add(GRPC_TIMEOUT, timeout(Math.max(1, options.deadlineNs() - nowNs)));
        }
        for (final Metadata.Field field : options.metadata().fields()) {
            headers.add(field.name(), field.value());
        }
        return headers;
    }

    /** The finest unit in which the value has at most eight digits, rounded up so that the server is not the first. */
    static String timeout(final long remainingNs) {
        for (int i = 0; ; i++) {
            final long unitNs = UNITS[i].toNanos(1);
            final long value = remainingNs / unitNs + (remainingNs % unitNs == 0 ? 0 : 1);
            if (value <= MAX_TIMEOUT_VALUE) {
                return Long.toString(value) + UNIT_LETTERS.charAt(i);
            }
        }
    }
}
