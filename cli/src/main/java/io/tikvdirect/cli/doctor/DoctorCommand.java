package io.tikvdirect.cli.doctor;

import io.tikvdirect.cli.cluster.ClusterOptions;
import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.TlsFiles;
import io.tikvdirect.cli.cluster.TlsOptions;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.cli.report.Style;
import io.tikvdirect.cli.text.JsonWriter;
import io.tikvdirect.client.Config;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Confined to the program's thread. {@code ./tikv doctor}. */
@Command(
        name = "doctor",
        header = "Connect step by step and say what is wrong and how to mend it.",
        description = {
            "",
            "Checks names and connections, PD, TLS, cluster id, timestamps, the clock, every store and one read",
            "from each. Exit code 1 if anything does not work; a warning alone is not a failure.",
            ""
        },
        sortOptions = false)
public final class DoctorCommand implements Callable<Integer> {
    private final Console console;
    private final List<Check> checks = new ArrayList<>();

    @Option(names = "--json", description = "One line of JSON instead of text.")
    private boolean json;

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    /** A command on the given console. */
    public DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        cluster.requireOneCluster();
        checkFiles(tls.files());
        boolean filesAreThere = checks.stream().noneMatch(check -> check.status() == Check.Status.FAILED);
        if (filesAreThere) {
            checkCluster();
        }
        boolean healthy = checks.stream().noneMatch(check -> check.status() == Check.Status.FAILED);
        conclude(healthy);
        return healthy ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void checkCluster() throws IOException {
        if (!cluster.embedded()) {
            check(cluster.config(List.of(), tls.files()));
            return;
        }
        try (EmbeddedCluster embedded = ClusterSession.startEmbedded(cluster)) {
            check(cluster.config(embedded.pdAddresses(), tls.files()));
        }
    }

    private void check(Config config) {
        new ClusterChecks(config, config.pdAddresses(), cluster.timeout(), this::add).run();
    }

    private void checkFiles(TlsFiles files) {
        checkFile("--ca", files.ca());
        checkFile("--cert", files.cert());
        checkFile("--key", files.key());
    }

    private void checkFile(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        add(
                Files.isReadable(file)
                        ? Check.ok("file of " + option, file + " is readable")
                        : Check.failed(
                                "file of " + option, file + " cannot be read", "Check the path and its rights."));
    }

    private void add(Check check) {
        checks.add(check);
        if (json) {
            return;
        }
        Style style = console.outStyle();
        String mark =
                switch (check.status()) {
                    case OK -> style.good("ok     ");
                    case WARNING -> style.bold("warning");
                    case FAILED -> style.bad("FAILED ");
                    case SKIPPED -> style.faint("skipped");
                };
        console.out().println(mark + "  " + check.name() + ": " + check.detail());
        if (check.advice() != null) {
            console.out().println("         -> " + check.advice());
        }
        console.out().flush();
    }

    private void conclude(boolean healthy) {
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("ok", healthy);
            fields.put("checks", checks.stream().map(Check::json).toList());
            console.out().print(JsonWriter.write(fields) + "\n");
        } else {
            console.out().println(healthy ? "The cluster serves." : "The cluster does not serve this client as asked.");
        }
        if (!healthy) {
            Check first = checks.stream()
                    .filter(check -> check.status() == Check.Status.FAILED)
                    .findFirst()
                    .orElseThrow();
            console.err().println("tikv: " + first.name() + " failed: " + first.detail());
        }
    }
}
