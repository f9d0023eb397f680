package io.tikvdirect.cli.load;

import io.tikvdirect.cli.cluster.ClusterOptions;
import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.LoadTlsOptions;
import io.tikvdirect.cli.cluster.Patience;
import io.tikvdirect.cli.cluster.Usage;
import io.tikvdirect.cli.format.ColumnChoice;
import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Confined to the program's thread. {@code ./tikv load}. */
@Command(
        name = "load",
        header = "Load a file into the cluster: fast, in bounded memory, resumable.",
        description = {
            "",
            "COL is a column's number from 1, or its name: a field of JSON Lines, or a name in the header line",
            "of TSV and CSV (a name implies --header). A TSV column is taken literally; one that begins with hex:",
            "stands for the bytes of its hexadecimal digits, and {\"hex\":\"00ff\"} does so in JSON Lines.",
            "When a key occurs twice the later line wins. Every rejected record is reported by its line, and",
            "makes the exit code 1. Progress is kept in FILE.tikv-load, where --resume goes on.",
            "",
            "  ./tikv load words.tsv --pd 127.0.0.1:2379 --format tsv --key 1 --value 2",
            ""
        },
        sortOptions = false)
public final class LoadCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Console console;

    @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
    private @Nullable String file;

    @Option(names = "--format", paramLabel = "tsv|csv|jsonl", description = "Default: what the name ends with.")
    private @Nullable RecordFormat format;

    @Option(names = "--key", paramLabel = "COL", required = true, description = "The column that is the key.")
    private String key = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private @Nullable ValueChoice value;

    @Option(names = "--header", description = "The first line names the columns and is not loaded.")
    private boolean header;

    @Option(names = "--prefix", paramLabel = "P", description = "Put in front of every key.")
    private String prefix = "";

    @Option(names = "--resume", description = "Go on where an interrupted load of this file ended.")
    private boolean resume;

    @Option(names = "--state", paramLabel = "FILE", description = "Where progress is kept. Default: FILE.tikv-load.")
    private @Nullable Path state;

    @Option(
            names = "--max-rejected",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Give up when more records than this are rejected. Default: ${DEFAULT-VALUE}.")
    private long maxRejected;

    @Option(names = "--txn", description = "Write in transactions, one for each batch, instead of raw.")
    private boolean transactional;

    @Mixin
    private final Patience patience = new Patience();

    @Mixin
    private final Usage usage = new Usage();

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final LoadTlsOptions tls = new LoadTlsOptions();

    /** A command on the given console. */
    public LoadCommand(Console console) {
        this.console = console;
    }

    private static final class ValueChoice {
        @Option(names = "--value", paramLabel = "COL", description = "The column that is the value.")
        private @Nullable String column;

        @Option(names = "--all", description = "The whole record is the value.")
        private boolean all;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadOptions options = options();
        cluster.requireOneCluster();
        LoadRun run = new LoadRun(console, options, stateFile(options), resume);
        try (ClusterSession session = ClusterSession.open(cluster, tls.files())) {
            return run.run(session.client()) == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private LoadOptions options() {
        String name = Objects.requireNonNull(file);
        boolean fromStdin = name.equals(STANDARD_INPUT);
        if (fromStdin && resume) {
            throw usage.wrong("--resume needs a file, standard input cannot be read twice");
        }
        RecordFormat chosen = format == null ? RecordFormat.ofFileName(name) : format;
        if (chosen == null) {
            throw usage.wrong("which format? Give --format tsv, csv or jsonl");
        }
        ColumnChoice columns = new ColumnChoice(key, value == null || value.all ? null : value.column);
        return new LoadOptions(
                fromStdin ? null : Path.of(name),
                chosen,
                columns,
                header || columns.needsHeader(),
                prefix.getBytes(StandardCharsets.UTF_8),
                maxRejected,
                patience.retryFor(),
                transactional);
    }

    private @Nullable Path stateFile(LoadOptions options) {
        Path source = options.source();
        if (source == null || state != null) {
            return state;
        }
        return source.resolveSibling(source.getFileName() + ".tikv-load");
    }
}
