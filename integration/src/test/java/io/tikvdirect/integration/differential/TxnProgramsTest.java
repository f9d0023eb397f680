package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TxnProgramsTest {
    @Test
    void theSameSeedGivesTheSameProgram() {
        TxnPrograms programs = new TxnPrograms(ApiVersion.V1, true);
        assertThat(programs.program(7).text()).isEqualTo(programs.program(7).text());
        assertThat(programs.program(7).text()).isNotEqualTo(programs.program(8).text());
    }

    @Test
    void aFewSeedsUseTheWholeLanguage() {
        TxnPrograms programs = new TxnPrograms(ApiVersion.V1, true);
        Set<String> shapes = new HashSet<>();
        for (long seed = 1; seed <= 300; seed++) {
            programs.program(seed).commands().forEach(command -> shapes.add(command.shape()));
        }
        assertThat(shapes)
                .contains(
                        "begin pessimistic",
                        "begin optimistic --async-commit --1pc",
                        "begin --start-ts",
                        "snapshot --ts",
                        "ts",
                        "split",
                        "T get",
                        "T mget",
                        "T put",
                        "T insert",
                        "T del",
                        "T lock",
                        "T lock --nowait",
                        "T lock --wait 20 --return-values",
                        "T scan --limit --reverse",
                        "T commit",
                        "T rollback");
    }

    @Test
    void whatUnistoreDoesOtherwiseCanBeLeftOut() {
        TxnPrograms programs = new TxnPrograms(ApiVersion.V1, false);
        for (long seed = 1; seed <= 300; seed++) {
            List<Command> commands = programs.program(seed).commands();
            for (int i = 0; i < commands.size(); i++) {
                assertThat(commands.get(i).shape()).doesNotContain("--reverse");
                if (commands.get(i).head().equals("lock")) {
                    Command next = commands.get(i + 1);
                    assertThat(next.head() + " " + next.name())
                            .isEqualTo("put " + commands.get(i).name());
                }
            }
        }
    }

    @Test
    void nobodyWaitsForLocksWithoutAnEnd() {
        TxnPrograms programs = new TxnPrograms(ApiVersion.V2, true);
        for (long seed = 1; seed <= 300; seed++) {
            Set<String> pessimistic = new HashSet<>();
            for (Command command : programs.program(seed).commands()) {
                if (command.head().equals("begin")) {
                    boolean unused = command.shape().contains("pessimistic")
                            ? pessimistic.add(command.name())
                            : pessimistic.remove(command.name());
                } else if (command.head().equals("lock") && pessimistic.contains(command.name())) {
                    assertThat(command.shape()).containsAnyOf("--nowait", "--wait 20");
                }
            }
        }
    }

    @Test
    void noTwoTransactionsHaveOneStartTimestamp() {
        TxnPrograms programs = new TxnPrograms(ApiVersion.V1, true);
        int given = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Set<Integer> used = new HashSet<>();
            List<Command> commands = programs.program(seed).commands();
            for (Command begin : commands) {
                for (Piece piece : begin.head().equals("begin") ? begin.pieces() : List.<Piece>of()) {
                    if (piece instanceof Piece.TimestampOf start) {
                        given++;
                        assertThat(used.add(start.command()))
                                .as(begin.toString())
                                .isTrue();
                        assertThat(commands.get(start.command() - 1).head()).isEqualTo("ts");
                    }
                }
            }
        }
        assertThat(given).isPositive();
    }
}
