package io.tikvdirect.client;

/** Immutable. Which TLS engine is used. */
public enum TlsProvider {
    /** OpenSSL where netty-tcnative is on the class path and loads, otherwise the JDK's. */
    AUTO,
    /** The JDK's. */
    JDK,
    /** OpenSSL through netty-tcnative; an error where it does not load. */
    OPENSSL
}
