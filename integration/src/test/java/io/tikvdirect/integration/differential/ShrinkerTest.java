package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    /** A model that forgets the value of every key beginning with z when something is deleted anywhere. */
    private static final class Forgetful implements Stack {
        private final Model model = new Model(ApiVersion.V2);

        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public String answer(String statement) {
            if (statement.startsWith("raw del ")) {
                String key = statement.split(" ")[2];
                model.answer("raw del " + key.substring(0, key.indexOf('/') + 1) + "z");
            }
            return model.answer(statement);
        }

        @Override
        public void close() {
            // Nothing is held
        }
    }

    @Test
    void aDefectThatNeedsThreeStatementsIsShownByThree() throws IOException {
        try (Stack forgetful = new Forgetful();
                Stack healthy = new Model(ApiVersion.V2)) {
            ProgramRunner runner = new ProgramRunner(healthy, forgetful, 0);
            Outcome failing = firstFailing(runner);
            Program shortest =
                    new Shrinker(candidate -> runner.run(candidate).differs(), 2000).shrink(failing.executed());
            assertThat(shortest.commands()).hasSize(3);
            assertThat(shortest.templates().get(0)).matches("raw (put|mput|cas) @z .*");
            assertThat(shortest.templates().get(1)).matches("raw del @.{0,4}");
            assertThat(runner.run(shortest).difference().answers()).hasSize(2).doesNotHaveDuplicates();
        }
    }

    private static Outcome firstFailing(ProgramRunner runner) throws IOException {
        RawPrograms programs = new RawPrograms(ApiVersion.V2, true);
        for (long seed = 1; seed < 2000; seed++) {
            Outcome outcome = runner.run(programs.program(seed));
            if (outcome.differs()) {
                return outcome;
            }
        }
        throw new AssertionError("no program shows the defect");
    }

    @Test
    void timestampsGoWithTheCommandsTheyComeFrom() {
        Program program = new Program(
                "test",
                ApiVersion.V1,
                java.util.List.of(
                        Command.of(1, "ts"),
                        new Command(2, "snapshot", "s", java.util.List.of(new Piece.TimestampOf("--ts", 1))),
                        new Command(3, "get", "s", java.util.List.of(new Piece.Key(new byte[] {'a'}))),
                        Command.of(4, "ts")));
        assertThat(program.templates()).containsExactly("ts", "snapshot s --ts $1", "s get @a", "ts");
        assertThat(program.without(java.util.Set.of(1)).templates()).containsExactly("ts");
    }
}
