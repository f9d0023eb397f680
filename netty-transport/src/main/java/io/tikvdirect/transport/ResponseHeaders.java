package io.tikvdirect.transport;

import io.netty.handler.codec.http2.Http2Headers;
import io.tikvdirect.codec.grpc.GrpcFramingException;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Immutable: reads response headers and trailers as gRPC over HTTP/2 defines them. */
final class ResponseHeaders {
    private static final String GRPC_STATUS = "grpc-status";
    private static final String GRPC_MESSAGE = "grpc-message";
    private static final String CONTENT_TYPE = "content-type";
    private static final String APPLICATION_GRPC = "application/grpc";
    private static final int HTTP_OK = 200;

    private ResponseHeaders() {}

    /** The three digits of {@code :status}, -1 when absent or malformed. */
    static int httpStatus(final Http2Headers headers) {
        final CharSequence status = headers.status();
        if (status == null || status.length() != 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < 3; i++) {
            final int digit = status.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    static boolean isInformational(final int httpStatus) {
        return httpStatus >= 100 && httpStatus < HTTP_OK;
    }

    /** Whether the response is gRPC's: 200 and a content type that begins with application/grpc. */
    static boolean isGrpc(final Http2Headers headers) {
        return httpStatus(headers) == HTTP_OK && hasGrpcContentType(headers);
    }

    private static boolean hasGrpcContentType(final Http2Headers headers) {
        final String type = contentType(headers);
        return type.startsWith(APPLICATION_GRPC)
                && (type.length() == APPLICATION_GRPC.length()
                        || type.charAt(APPLICATION_GRPC.length()) == '+'
                        || type.charAt(APPLICATION_GRPC.length()) == ';');
    }

    static String contentType(final Http2Headers headers) {
        final CharSequence type = headers.get(CONTENT_TYPE);
        return type == null ? "" : type.toString();
    }

    /** The encoding of the messages that follow. */
    static String encoding(final Http2Headers headers) {
        final CharSequence encoding = headers.get("grpc-encoding");
        return encoding == null ? "identity" : encoding.toString();
    }

    /** What remains for the application. */
    static Metadata metadata(final Http2Headers headers) {
        final List<Metadata.Field> fields = new ArrayList<>();
        for (final Map.Entry<CharSequence, CharSequence> field : headers) {
            final String name = field.getKey().toString();
            if (isCustom(name)) {
                fields.add(new Metadata.Field(name, field.getValue().toString()));
            }
        }
        return fields.isEmpty() ? Metadata.EMPTY : new Metadata(fields);
    }

    private static boolean isCustom(final String name) {
        final boolean reserved = name.startsWith(":")
                || name.equals(CONTENT_TYPE)
                || name.equals(GRPC_STATUS)
                || name.equals(GRPC_MESSAGE)
                || name.equals("grpc-encoding")
                || name.equals("grpc-accept-encoding");
        return !reserved;
    }

    /** The status that a header block with END_STREAM carries, be it trailers or trailers only. */
    static GrpcStatus status(final Http2Headers trailers) {
        final List<CharSequence> codes = trailers.getAll(GRPC_STATUS);
        final Metadata metadata = metadata(trailers);
        if (codes.isEmpty()) {
            return withoutGrpcStatus(trailers, metadata);
        }
        final int number = parseCode(codes.get(0));
        if (codes.size() > 1 || number < 0) {
            final String message = "malformed grpc-status " + codes;
            return new GrpcStatus(GrpcStatusCode.UNKNOWN, message, metadata, false, null);
        }
        final CharSequence message = trailers.get(GRPC_MESSAGE);
        final String text = message == null ? "" : percentDecode(message);
        final GrpcStatusCode code = GrpcStatusCode.of(number);
        final String shown = number < GrpcStatusCode.values().length ? text : "grpc-status " + number + " " + text;
        return new GrpcStatus(code, shown, metadata, false, null);
    }

    private static GrpcStatus withoutGrpcStatus(final Http2Headers trailers, final Metadata metadata) {
        final int httpStatus = httpStatus(trailers);
        if (httpStatus < 0 || httpStatus == HTTP_OK) {
            final String message = "the server ended the call without grpc-status";
            return new GrpcStatus(GrpcStatusCode.UNKNOWN, message, metadata, false, null);
        }
        return new GrpcStatus(ofHttpStatus(httpStatus), "HTTP status " + httpStatus, metadata, false, null);
    }

    private static int parseCode(final CharSequence text) {
        if (text.length() == 0 || text.length() > 8) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** The mapping of the gRPC specification for responses that are not gRPC's. */
    static GrpcStatusCode ofHttpStatus(final int httpStatus) {
        return switch (httpStatus) {
            case 400 -> GrpcStatusCode.INTERNAL;
            case 401 -> GrpcStatusCode.UNAUTHENTICATED;
            case 403 -> GrpcStatusCode.PERMISSION_DENIED;
            case 404 -> GrpcStatusCode.UNIMPLEMENTED;
            case 429, 502, 503, 504 -> GrpcStatusCode.UNAVAILABLE;
            default -> GrpcStatusCode.UNKNOWN;
        };
    }

    /** Decodes grpc-message; what is no valid escape stays as it is, what is no UTF-8 becomes U+FFFD. */
    static String percentDecode(final CharSequence encoded) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            final char c = encoded.charAt(i);
            final int value = c == '%' && i + 2 < encoded.length() ? hex(encoded, i + 1) : -1;
            if (value >= 0) {
                bytes.write(value);
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int hex(final CharSequence text, final int index) {
        final int high = Character.digit(text.charAt(index), 16);
        final int low = Character.digit(text.charAt(index + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** The end of a call whose stream the peer has reset, as the gRPC specification maps it. */
    static GrpcStatus ofReset(final int errorCode) {
        final GrpcStatusCode code =
                switch (errorCode) {
                    case Http2ErrorCode.REFUSED_STREAM -> GrpcStatusCode.UNAVAILABLE;
                    case Http2ErrorCode.CANCEL -> GrpcStatusCode.CANCELLED;
                    case Http2ErrorCode.ENHANCE_YOUR_CALM -> GrpcStatusCode.RESOURCE_EXHAUSTED;
                    case Http2ErrorCode.INADEQUATE_SECURITY -> GrpcStatusCode.PERMISSION_DENIED;
                    default -> GrpcStatusCode.INTERNAL;
                };
        final String message = "the server reset the stream with " + Http2ErrorCode.name(errorCode);
        return new GrpcStatus(code, message, Metadata.EMPTY, errorCode == Http2ErrorCode.REFUSED_STREAM, null);
    }

    /** The end of a call whose messages cannot be read. */
    static GrpcStatus ofMalformed(final GrpcFramingException e) {
        final boolean tooLarge = e.reason() == GrpcFramingException.Reason.MESSAGE_TOO_LARGE;
        final GrpcStatusCode code = tooLarge ? GrpcStatusCode.RESOURCE_EXHAUSTED : GrpcStatusCode.INTERNAL;
        return GrpcStatus.of(code, String.valueOf(e.getMessage()), e);
    }

    /** Confined to its loop: the beginning of a body that is not gRPC's, for the message. */
    static final class ErrorBody {
        private static final int MAX_EXCERPT = 512;

        private final int httpStatus;
        private final String contentType;
        private final ByteArrayOutputStream excerpt = new ByteArrayOutputStream();

        ErrorBody(final Http2Headers headers) {
            httpStatus = httpStatus(headers);
            contentType = contentType(headers);
        }

        /** Adds bytes at the reader index; tells whether more would be shown. */
        boolean append(final io.netty.buffer.ByteBuf in, final int length) {
            final int count = Math.min(length, MAX_EXCERPT - excerpt.size());
            for (int i = 0; i < count; i++) {
                excerpt.write(in.getByte(in.readerIndex() + i));
            }
            return excerpt.size() < MAX_EXCERPT;
        }

        GrpcStatus status(final @Nullable Throwable cause) {
            final String body = excerpt.toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ");
            final String message = "the peer does not answer as gRPC: HTTP status " + httpStatus + ", content-type \""
                    + contentType + "\"" + (body.isEmpty() ? "" : ", body: " + body);
            final GrpcStatusCode code = httpStatus < 0 ? GrpcStatusCode.UNKNOWN : ofHttpStatus(httpStatus);
            return GrpcStatus.of(code, message, cause);
        }
    }
}
