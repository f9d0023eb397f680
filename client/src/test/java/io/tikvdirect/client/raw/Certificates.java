package io.tikvdirect.client.raw;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Confined to its test. An authority, and PEM files of what it has signed. */
final class Certificates {

    private final Path directory;
    private final X509Bundle authority;
    private int files;

    Certificates(Path directory) throws Exception {
        this.directory = directory;
        this.authority = new CertificateBuilder()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .notAfter(Instant.now().plus(Duration.ofDays(1)))
                .buildSelfSigned();
    }

    /** A chain and its key. */
    record Identity(Path certificates, Path key) {}

    /** The file to trust. */
    Path authority() throws IOException {
        return write(authority.getCertificatePEM());
    }

    /** For servers where the embedded cluster has them. */
    Identity forLoopback() throws Exception {
        return identity(valid().addSanIpAddress("127.0.0.1"));
    }

    /** For a server somewhere else. */
    Identity forHost(String name) throws Exception {
        return identity(valid().addSanDnsName(name));
    }

    /** For loopback, and over since yesterday. */
    Identity expired() throws Exception {
        return identity(new CertificateBuilder()
                .subject("CN=old")
                .addSanIpAddress("127.0.0.1")
                .notBefore(Instant.now().minus(Duration.ofDays(9)))
                .notAfter(Instant.now().minus(Duration.ofDays(1))));
    }

    private static CertificateBuilder valid() {
        return new CertificateBuilder()
                .subject("CN=leaf")
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    private Identity identity(CertificateBuilder leaf) throws Exception {
        X509Bundle signed = leaf.buildIssuedBy(authority);
        return new Identity(write(signed.getCertificatePathPEM()), write(signed.getPrivateKeyPEM()));
    }

    private Path write(String pem) throws IOException {
        return Files.writeString(directory.resolve(System.identityHashCode(this) + "-" + ++files + ".pem"), pem);
    }
}
