package io.tikvdirect.transport;

import io.netty.util.AsciiString;

/** Immutable: a method of a service, with its path ready for the wire. Make it once and keep it. */
public final class GrpcMethod {
    private final AsciiString path;

    private GrpcMethod(final AsciiString path) {
        this.path = path;
    }

    /**
     * A method.
     *
     * @param service full name, such as {@code tikvpb.Tikv}
     * @param method name, such as {@code BatchCommands}
     * @return the method
     */
    public static GrpcMethod of(final String service, final String method) {
        if (service.isEmpty() || method.isEmpty()) {
            throw new IllegalArgumentException("service and method must have names");
        }
        return new GrpcMethod(AsciiString.of("/" + service + "/" + method));
    }

    /**
     * The {@code :path} of the call.
     *
     * @return {@code /service/method}
     */
    public AsciiString path() {
        return path;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
