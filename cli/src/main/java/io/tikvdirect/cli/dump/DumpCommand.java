package io.tikvdirect.cli.dump;

import io.tikvdirect.cli.cluster.ClusterOptions;
import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.Patience;
import io.tikvdirect.cli.cluster.TlsOptions;
import io.tikvdirect.cli.cluster.Usage;
import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.cli.text.ShellWords;
import io.tikvdirect.cli.text.Word;
import io.tikvdirect.cli.text.WordSyntaxException;
import io.tikvdirect.client.KeyRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Confined to the program's thread. {@code ./tikv dump}. */
@Command(
        name = "dump",
        header = "Stream a range out of the cluster, in the formats that load reads.",
        description = {
            "",
            "Records come in the order of their keys, key first, then value, and load brings the same bytes in",
            "again. START and END are words of the shell language (\\xHH, hex:0a0b); \"\" is unbounded.",
            "--out writes a file that appears under its name when it is complete.",
            "",
            "  ./tikv dump --pd 127.0.0.1:2379 --format tsv --out words.tsv",
            ""
        },
        sortOptions = false)
public final class DumpCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "START", description = "First key. Default: the first.")
    private String start = "\"\"";

    @Parameters(index = "1", arity = "0..1", paramLabel = "END", description = "Key behind the last. Default: none.")
    private String end = "\"\"";

    @Option(
            names = "--format",
            paramLabel = "tsv|csv|jsonl",
            description = "Default: what the name of --out ends with, else tsv.")
    private @Nullable RecordFormat format;

    @Option(names = "--out", paramLabel = "FILE", description = "Default: standard output.")
    private @Nullable Path out;

    @Option(names = "--prefix", paramLabel = "P", description = "Only keys that begin with P, and without it.")
    private String prefix = "";

    @Option(names = "--all", description = "Only the values: whole records as load --all stored them.")
    private boolean all;

    @Option(names = "--header", description = "Begin with a line of names (tsv, csv).")
    private boolean header;

    @Option(names = "--key-name", paramLabel = "NAME", defaultValue = "key", description = "Default: key.")
    private String keyName = "key";

    @Option(names = "--value-name", paramLabel = "NAME", defaultValue = "value", description = "Default: value.")
    private String valueName = "value";

    @Mixin
    private final Patience patience = new Patience();

    @Mixin
    private final Usage usage = new Usage();

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    /** A command on the given console. */
    public DumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        byte[] prefixBytes = prefix.getBytes(StandardCharsets.UTF_8);
        KeyRange range = range(prefixBytes);
        DumpOptions options = new DumpOptions(
                range, format(), prefixBytes.length, all, header, keyName, valueName, patience.retryFor());
        cluster.requireOneCluster();
        try (ClusterSession session = ClusterSession.open(cluster, tls.files())) {
            new Dumper(console, options, session.client().raw()).dump(out);
        }
        return ExitCode.DONE;
    }

    private RecordFormat format() {
        if (format != null) {
            return format;
        }
        RecordFormat named = out == null ? null : RecordFormat.ofFileName(out.toString());
        return named == null ? RecordFormat.TSV : named;
    }

    private KeyRange range(byte[] prefixBytes) {
        KeyRange asked = KeyRange.of(word(start), word(end));
        if (prefixBytes.length == 0) {
            return asked;
        }
        if (asked.start().length > 0 || asked.end().length > 0) {
            throw usage.wrong("--prefix and START END exclude each other");
        }
        return KeyRange.prefix(prefixBytes);
    }

    private byte[] word(String text) {
        try {
            List<Word> words = ShellWords.split(text);
            if (words.size() > 1) {
                throw usage.wrong("START and END are one word each; a space in a key is \\x20");
            }
            return words.isEmpty() ? new byte[0] : words.get(0).bytes();
        } catch (WordSyntaxException e) {
            throw usage.wrong("'" + text + "' is not a key: " + e.getMessage());
        }
    }
}
