package io.tikvdirect.cli;

import io.tikvdirect.cli.report.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Confined to the program's thread. The top command, which only tells what there is. */
@Command(
        name = "tikv",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        header = "tikv-direct: a performance-first Java client for TiKV",
        description = {
            "",
            "Try it without a cluster:  ./tikv demo",
            "Exit codes: 0 done, 1 the operation failed, 2 wrong usage.",
            ""
        })
final class TikvCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            CommandLine line = spec.commandLine();
            line.usage(line.getErr());
        }
        return ExitCode.WRONG_USAGE;
    }
}
