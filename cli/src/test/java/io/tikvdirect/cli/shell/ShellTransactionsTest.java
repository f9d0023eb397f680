package io.tikvdirect.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the shell answers to the statements about transactions and snapshots, with {@code --json}. */
@Timeout(120)
class ShellTransactionsTest {
    private static final String OK = "\\{\"ok\":true}";
    private static final String TS = "\\{\"ok\":true,\"ts\":[1-9]\\d{16,}}";

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).start();
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    private static String committed(String mode) {
        return "\\{\"ok\":true,\"commit_ts\":[1-9]\\d{16,},\"mode\":\"" + mode + "\"}";
    }

    private static String value(String value) {
        return "\\{\"ok\":true,\"value\":" + (value == null ? "null" : "\"" + value + "\"") + "}";
    }

    private static String failure(String code) {
        boolean retryable = List.of("WRITE_CONFLICT", "KEY_LOCKED", "DEADLOCK").contains(code);
        return "\\{\"ok\":false,\"error\":\\{\"code\":\"" + code + "\",\"message\":\".+\",\"retryable\":" + retryable
                + ",\"undetermined\":false}}";
    }

    /** Runs statements, each behind the pattern of its answer. */
    private static void expect(String... answersAndStatements) {
        List<String> statements = new ArrayList<>();
        for (int i = 1; i < answersAndStatements.length; i += 2) {
            statements.add(answersAndStatements[i]);
        }
        CommandRun run = CommandRun.withInput(
                String.join("\n", statements) + "\n",
                "shell",
                "--json",
                "--timeout",
                "20s",
                "--pd",
                cluster.pdAddresses().get(0));
        assertThat(run.outLines()).hasSameSizeAs(statements);
        for (int i = 0; i < statements.size(); i++) {
            assertThat(run.outLines().get(i)).as(statements.get(i)).matches(answersAndStatements[2 * i]);
        }
    }

    @Test
    void whatATransactionWritesIsItsOwnUntilItCommits() {
        expect(
                TS,
                "begin t",
                OK,
                "t put o1 a",
                OK,
                "t insert o2 b",
                value("a"),
                "t get o1",
                TS,
                "snapshot before",
                value(null),
                "before get o1",
                "\\{\"ok\":true,\"values\":\\[\"b\",null,\"a\"]}",
                "t mget o2 none o1",
                "\\{\"ok\":true,\"pairs\":\\[\\[\"o2\",\"b\"],\\[\"o1\",\"a\"]]}",
                "t scan o1 o3 --reverse",
                "\\{\"ok\":true,\"pairs\":\\[\\[\"o1\",\"a\"]]}",
                "t scan o1 o3 --limit 1",
                committed("2pc"),
                "t commit",
                value(null),
                "before get o1",
                TS,
                "snapshot after",
                value("b"),
                "after get o2",
                TS,
                "begin t",
                OK,
                "t del o2",
                OK,
                "t put o1 never",
                OK,
                "t rollback",
                TS,
                "snapshot after",
                "\\{\"ok\":true,\"values\":\\[\"a\",\"b\"]}",
                "after mget o1 o2",
                "\\{\"ok\":true,\"ts\":5}",
                "snapshot ancient --ts 5",
                value(null),
                "ancient get o1");
    }

    @Test
    void everyWayToCommitIsNamed() {
        expect(
                TS,
                "begin t --1pc",
                OK,
                "t put m1 v",
                committed("1pc"),
                "t commit",
                TS,
                "begin t pessimistic --async-commit",
                OK,
                "t put m2 v",
                committed("async"),
                "t commit",
                TS,
                "begin t optimistic --async-commit --1pc --causal",
                OK,
                "t put m3 v",
                committed("1pc"),
                "t commit",
                TS,
                "begin t",
                value("v"),
                "t get m1",
                committed("2pc"),
                "t commit");
    }

    @Test
    void regionsSplitAtKeysOfTransactions() {
        expect(
                TS,
                "begin t",
                OK,
                "split r2 r4",
                OK,
                "t put r1 1",
                OK,
                "t put r3 3",
                OK,
                "t put r5 5",
                OK,
                "split r2 r3",
                committed("2pc"),
                "t commit",
                TS,
                "snapshot s",
                "\\{\"ok\":true,\"values\":\\[\"1\",\"3\",\"5\"]}",
                "s mget r1 r3 r5");
        assertThat(cluster.regions()).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void conflictsHaveTheirCodes() {
        expect(
                TS,
                "begin slow",
                TS,
                "begin fast",
                OK,
                "slow put c1 slow",
                OK,
                "fast put c1 fast",
                committed("2pc"),
                "fast commit",
                failure("WRITE_CONFLICT"),
                "slow commit",
                failure("TRANSACTION_ABORTED"),
                "slow get c1",
                TS,
                "begin again",
                OK,
                "again insert c1 v",
                failure("KEY_EXISTS"),
                "again commit",
                TS,
                "begin p pessimistic",
                "\\{\"ok\":true,\"values\":\\[null,\"fast\"]}",
                "p lock c2 c1 --return-values",
                TS,
                "begin q pessimistic",
                failure("KEY_LOCKED"),
                "q lock c1 --nowait",
                failure("KEY_LOCKED"),
                "q lock c1 --wait 20",
                OK,
                "q lock c3",
                OK,
                "p rollback",
                OK,
                "q lock c1 --nowait",
                OK,
                "q put c1 q",
                committed("2pc"),
                "q commit",
                TS,
                "begin o",
                OK,
                "o lock c1",
                committed("2pc"),
                "o commit");
    }

    @Test
    void snapshotsReadFromTheReplicasAskedFor() {
        expect(
                TS,
                "begin t",
                OK,
                "t put replica/a 1",
                committed("2pc"),
                "t commit",
                TS,
                "snapshot f --replica follower",
                value("1"),
                "f get replica/a",
                TS,
                "snapshot p --replica prefer-leader",
                "\\{\"ok\":true,\"values\":\\[\"1\",null]}",
                "p mget replica/a replica/b",
                TS,
                "snapshot c --replica closest",
                value("1"),
                "c get replica/a",
                TS,
                "snapshot m --replica mixed --stale",
                "\\{\"ok\":true,\"pairs\":\\[\\[\"replica/a\",\"1\"]]}",
                "m scan replica/ replica0");
    }

    @Test
    void aPipelinedTransactionCommitsInTwoPhases() {
        expect(
                TS,
                "begin t --pipelined",
                OK,
                "t put pipelined/a 1",
                value("1"),
                "t get pipelined/a",
                committed("2pc"),
                "t commit",
                TS,
                "snapshot s",
                value("1"),
                "s get pipelined/a");
    }

    @Test
    void garbageIsCollectedUpToATimestamp() throws Exception {
        try (EmbeddedCluster other = EmbeddedCluster.builder().start()) {
            List<String> first = shell(other, "begin t\nt put gc/a 1\nt commit\nts\ngc\nts\n");
            assertThat(first.get(4)).as("ten minutes ago").matches("\\{\"ok\":true,\"safe_point\":[1-9]\\d{16,}}");
            String before = timestamp(first.get(3));
            String after = timestamp(first.get(5));
            List<String> then =
                    shell(other, "snapshot s --ts " + before + "\ns get gc/a\ngc " + after + "\ns get gc/a\n");
            assertThat(then.get(1)).matches(value("1"));
            assertThat(then.get(2)).isEqualTo("{\"ok\":true,\"safe_point\":" + after + "}");
            assertThat(then.get(3)).contains("\"ok\":false").contains("safe point");
        }
    }

    private static List<String> shell(EmbeddedCluster other, String lines) {
        return CommandRun.withInput(
                        lines,
                        "shell",
                        "--json",
                        "--timeout",
                        "20s",
                        "--pd",
                        other.pdAddresses().get(0))
                .outLines();
    }

    private static String timestamp(String answer) {
        return answer.replaceAll("\\D", "");
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        expect(
                TS,
                "begin t",
                failure("INVALID_ARGUMENT"),
                "begin t",
                failure("INVALID_ARGUMENT"),
                "t put k \"\"",
                failure("INVALID_ARGUMENT"),
                "t scan a b --limit 0",
                failure("INVALID_ARGUMENT"),
                "t lock k --return-values",
                failure("INVALID_ARGUMENT"),
                "t fetch k",
                failure("INVALID_ARGUMENT"),
                "nobody get k",
                failure("INVALID_ARGUMENT"),
                "begin x hopeful",
                failure("INVALID_ARGUMENT"),
                "begin x --start-ts soon",
                failure("INVALID_ARGUMENT"),
                "begin x pessimistic --pipelined",
                TS,
                "snapshot s",
                failure("INVALID_ARGUMENT"),
                "s put a b",
                failure("INVALID_ARGUMENT"),
                "snapshot s --replica nearest",
                failure("INVALID_ARGUMENT"),
                "gc soon",
                OK,
                "t rollback",
                failure("TRANSACTION_ABORTED"),
                "t commit");
    }

    @Test
    void storesWithTimesToLiveServeNoTransactions() throws Exception {
        try (EmbeddedCluster rawOnly = EmbeddedCluster.builder()
                .stores(1)
                .apiVersion(EmbeddedApiVersion.V1TTL)
                .start()) {
            CommandRun run = CommandRun.withInput(
                    "begin t\n",
                    "shell",
                    "--json",
                    "--api",
                    "v1ttl",
                    "--pd",
                    rawOnly.pdAddresses().get(0));
            assertThat(run.out().strip()).matches(failure("UNSUPPORTED"));
        }
    }

    @Test
    void aTransactionThatIsLeftOpenHoldsNothingBackWhenTheShellHasEnded() {
        expect(TS, "begin t pessimistic", OK, "t lock left", OK, "t put left v");
        expect(TS, "begin t pessimistic", OK, "t lock left --nowait", TS, "snapshot s", value(null), "s get left");
    }
}
