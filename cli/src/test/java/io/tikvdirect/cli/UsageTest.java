package io.tikvdirect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    /** No ephemeral port, so that no other program of this machine is given it. */
    private static final String NOBODY = "127.0.0.1:1";

    @ParameterizedTest
    @CsvSource({
        "demo, --quick",
        "embedded, --pd-port",
        "shell, --json",
        "load, --resume",
        "dump, --out",
        "bench, --in-flight",
        "doctor, --timeout"
    })
    void everyCommandHelps(String command, String option) {
        CommandRun run = CommandRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Usage: tikv " + command)
                .contains(option)
                .contains("--verbose");
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).allMatch(line -> line.length() <= 110);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "load", "dump", "bench", "doctor"})
    void everyCommandThatTalksToAClusterTakesTheCommonOptions(String command) {
        String help = CommandRun.of(command, "--help").out();

        assertThat(help)
                .contains(
                        "--pd=", "--embedded", "--api=", "--keyspace=", "--ca=", "--cert=", "--timeout=", "--config=");
        assertThat(help).contains(command.equals("load") ? "--tls-key=" : "--key, --tls-key=");
    }

    @Test
    void withoutACommandTheUsageIsShownAsAMistake() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("demo").contains("doctor");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void theVersionNamesTheJvm() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("tikv-direct").contains(Runtime.version().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "shell",
                "shell --nonsense",
                "shell --pd 127.0.0.1:1 --embedded",
                "shell --pd nonsense",
                "shell --pd 127.0.0.1:1 --api v3",
                "shell --pd 127.0.0.1:1 --keyspace k",
                "shell --pd 127.0.0.1:1 --timeout soon",
                "shell --pd 127.0.0.1:1 --timeout 0s",
                "shell --pd 127.0.0.1:1 --cert c.pem",
                "doctor",
                "load",
                "load f.tsv --pd 127.0.0.1:1 --value 2",
                "load f.tsv --pd 127.0.0.1:1 --key 1",
                "load f.tsv --pd 127.0.0.1:1 --key 1 --value 2 --all",
                "load f --pd 127.0.0.1:1 --key 1 --value 2",
                "load - --format tsv --pd 127.0.0.1:1 --key 1 --value 2 --resume",
                "load f.xml --format xml --pd 127.0.0.1:1 --key 1 --value 2",
                "dump --pd 127.0.0.1:1 --format xml",
                "dump \\q --pd 127.0.0.1:1",
                "dump a --prefix b --pd 127.0.0.1:1",
                "bench --pd 127.0.0.1:1",
                "bench --pd 127.0.0.1:1 --workload nonsense",
                "bench --pd 127.0.0.1:1 --workload txn-get --face direct",
                "bench --pd 127.0.0.1:1 --workload txn-pessimistic --value-size 0",
                "bench --pd 127.0.0.1:1 --workload raw-get --in-flight 0",
                "bench --pd 127.0.0.1:1 --workload raw-get --rate -1",
                "bench --pd 127.0.0.1:1 --workload raw-get --face diagonal",
                "embedded --stores 0",
                "embedded --pd-port 65536",
                "embedded --keyspaces a",
                "demo --seed x"
            })
    void aWrongCommandLineIsExitCodeTwoWithASentenceAndAHint(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tikv: ").contains("--help").doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void transactionsHaveNoDirectFaceToMeasure() {
        CommandRun run = CommandRun.of("bench", "--pd", "127.0.0.1:1", "--workload", "txn-rw", "--face", "direct");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no direct face");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shell --pd %s --timeout 300ms",
                "dump --pd %s --timeout 300ms",
                "load pom.xml --format tsv --key 1 --all --pd %s --timeout 300ms",
                "bench --workload raw-get --pd %s --timeout 300ms"
            })
    void aPdThatNobodyServesIsOneSentenceWithinTheTimeout(String line) throws Exception {
        CommandRun run = CommandRun.of(String.format(line, NOBODY).split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("tikv: ").contains("PD_UNAVAILABLE");
    }

    @Test
    void verboseShowsTheStack() throws Exception {
        CommandRun run = CommandRun.of("shell", "--pd", NOBODY, "--timeout", "300ms", "--verbose");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("\tat ");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        String[] words = "load /nowhere/f.tsv --key 1 --value 2 --embedded".split(" ");

        CommandRun run = CommandRun.of(words);

        assertThat(run.exitCode()).as(Arrays.toString(words)).isEqualTo(1);
        assertThat(run.err()).isEqualTo("tikv: there is no file /nowhere/f.tsv\n");
    }
}
