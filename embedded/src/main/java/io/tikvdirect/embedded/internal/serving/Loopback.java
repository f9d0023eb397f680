package io.tikvdirect.embedded.internal.serving;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Immutable. The only address that the cluster is served on. */
public final class Loopback {
    /** 127.0.0.1, also where "localhost" means something else. */
    public static final InetAddress ADDRESS = address();

    private Loopback() {}

    private static InetAddress address() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
