package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramRunnerTest {
    private static final Program PUT = program(Command.of(1, "raw put", key("k"), Piece.Value.of("v")));
    private static final Program SCAN = program(Command.of(1, "raw scan", key(""), key("z")));

    private static Piece key(String text) {
        return new Piece.Key(Draw.latin1(text));
    }

    private static Program program(Command command) {
        return new Program("test", ApiVersion.V1, List.of(command));
    }

    @Test
    void aRunnerDoesNotMeetTheKeysOfAnEarlierOneOnTheSameCluster() throws IOException {
        try (Stack kept = new Model(ApiVersion.V1);
                Stack other = new Model(ApiVersion.V1);
                Stack fresh = new Model(ApiVersion.V1)) {
            ProgramRunner first = new ProgramRunner(kept, other, 7);
            assertThat(first.run(PUT).differs()).isFalse();
            ProgramRunner next = new ProgramRunner(kept, fresh, 7 + first.executions());
            assertThat(next.run(SCAN).differs()).isFalse();
            assertThat(new ProgramRunner(kept, fresh, 7).run(SCAN).differs())
                    .as("the same keys again")
                    .isTrue();
        }
    }

    @Test
    void anEmptyValueInAFindingIsNoOpenRange() throws IOException {
        assertThat(FixedPrograms.of("raw", ApiVersion.V1, false))
                .hasSizeGreaterThanOrEqualTo(5)
                .noneMatch(Program::leavesItsKeys);
    }
}
