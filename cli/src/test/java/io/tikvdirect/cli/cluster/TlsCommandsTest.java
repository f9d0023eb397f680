package io.tikvdirect.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --ca --cert --key}, against a cluster that lets nobody in without. */
class TlsCommandsTest {
    @TempDir
    Path directory;

    private Path authority;
    private Path certificates;
    private Path key;
    private EmbeddedCluster cluster;

    @BeforeEach
    void start() throws Exception {
        X509Bundle root =
                builder("CN=authority").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle leaf = builder("CN=leaf").addSanIpAddress("127.0.0.1").buildIssuedBy(root);
        authority = write("ca.pem", root.getCertificatePEM());
        certificates = write("leaf.pem", leaf.getCertificatePathPEM());
        key = write("leaf.key", leaf.getPrivateKeyPEM());
        cluster = EmbeddedCluster.builder()
                .stores(2)
                .tls(certificates, key)
                .tlsClientAuthorities(authority)
                .start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static CertificateBuilder builder(String subject) {
        return new CertificateBuilder().subject(subject).notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    private Path write(String name, String pem) throws IOException {
        return Files.writeString(directory.resolve(name), pem);
    }

    private CommandRun run(String input, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--pd", String.join(",", cluster.pdAddresses()), "--timeout", "20s"));
        return CommandRun.withInput(input, arguments.toArray(String[]::new));
    }

    private String[] withIdentity(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--ca", authority.toString(), "--cert", certificates.toString()));
        all.addAll(List.of(command[0].equals("load") ? "--tls-key" : "--key", key.toString()));
        return all.toArray(String[]::new);
    }

    @Test
    void theShellAndDoctorAreLetIn() {
        CommandRun shell = run("raw put k v\nraw get k\n", withIdentity("shell", "--json"));
        assertThat(shell.outLines()).containsExactly("{\"ok\":true}", "{\"ok\":true,\"value\":\"v\"}");
        CommandRun doctor = run("", withIdentity("doctor"));
        assertThat(doctor.exitCode()).as(doctor.out() + doctor.err()).isZero();
    }

    @Test
    void loadAndDumpAreLetIn() throws IOException {
        Path file = write("words.tsv", "a\t1\nb\t2\n");
        CommandRun load = run("", withIdentity("load", file.toString(), "--key", "1", "--value", "2"));
        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(run("", withIdentity("dump")).out()).isEqualTo("a\t1\nb\t2\n");
    }

    @Test
    void whoTrustsTheClusterButHasNoCertificateIsToldInOneSentence() {
        CommandRun shell = CommandRun.withInput(
                "",
                "shell",
                "--ca",
                authority.toString(),
                "--pd",
                String.join(",", cluster.pdAddresses()),
                "--timeout",
                "3s");
        assertThat(shell.exitCode()).isEqualTo(1);
        assertThat(shell.err().lines()).hasSize(1);
    }
}
