package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: judges the headers, the trailers and a body that is no gRPC of one call, by
 * gRPC's rules for clients, and says what follows to the call.
 */
final class ResponseHead {
    private final boolean isGzipOffered;
    private final Call call;
    private boolean headersReceived;
    private ResponseHeaders.@Nullable ErrorBody errorBody;

    ResponseHead(final boolean isGzipOffered, final Call call) {
        this.isGzipOffered = isGzipOffered;
        this.call = call;
    }

    /** Confined like the judge: what can follow. */
    interface Call {
        /** Messages may come. */
        void onResponse(Metadata metadata, boolean gzip);

        /** The server has ended the call. */
        void onEnd(GrpcStatus status);

        /** The server broke the rules of HTTP or gRPC. */
        void onMalformedResponse(String what);

        /** Nothing that comes could be used. */
        void onUselessResponse(GrpcStatus status);
    }

    void onHeaders(final Http2Headers headers, final boolean endStream) {
        if (headersReceived) {
            onTrailers(headers, endStream);
            return;
        }
        final int httpStatus = ResponseHeaders.httpStatus(headers);
        if (ResponseHeaders.isInformational(httpStatus) && !endStream) {
            return;
        }
        headersReceived = true;
        if (httpStatus < 0) {
            call.onMalformedResponse("response headers without a valid :status");
        } else if (endStream) {
            call.onEnd(trailersOnly(headers));
        } else if (ResponseHeaders.isGrpc(headers)) {
            onGrpc(headers);
        } else {
            errorBody = new ResponseHeaders.ErrorBody(headers);
        }
    }

    private static GrpcStatus trailersOnly(final Http2Headers headers) {
        return headers.contains("grpc-status")
                ? ResponseHeaders.status(headers)
                : new ResponseHeaders.ErrorBody(headers).status(null);
    }

    private void onGrpc(final Http2Headers headers) {
        final String encoding = ResponseHeaders.encoding(headers);
        final boolean gzip = encoding.equals("gzip") && isGzipOffered;
        if (gzip || encoding.equals("identity")) {
            call.onResponse(ResponseHeaders.metadata(headers), gzip);
        } else {
            final String message = "the server uses the encoding " + encoding + ", which was not offered";
            call.onUselessResponse(GrpcStatus.of(GrpcStatusCode.INTERNAL, message, null));
        }
    }

    private void onTrailers(final Http2Headers trailers, final boolean endStream) {
        if (!endStream || trailers.status() != null) {
            call.onMalformedResponse(endStream ? "trailers with :status" : "trailers without END_STREAM");
        } else {
            call.onEnd(errorBody != null ? errorBody.status(null) : ResponseHeaders.status(trailers));
        }
    }

    /** Whether DATA is messages; what is not has been dealt with. */
    boolean takesMessages(final ByteBuf in, final int length) {
        if (errorBody != null) {
            if (!errorBody.append(in, length)) {
                call.onUselessResponse(errorBody.status(null));
            }
            return false;
        }
        if (!headersReceived) {
            call.onMalformedResponse("DATA before response headers");
        }
        return headersReceived;
    }

    /** END_STREAM on DATA: gRPC ends calls with trailers only. */
    GrpcStatus statusWithoutTrailers() {
        return errorBody != null
                ? errorBody.status(null)
                : GrpcStatus.of(GrpcStatusCode.INTERNAL, "the server ended the stream without trailers", null);
    }
}
