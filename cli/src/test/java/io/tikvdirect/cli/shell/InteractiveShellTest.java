package io.tikvdirect.cli.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractiveShellTest {
    @Test
    void aPersonTypesAndReadsAndFindsTheHistoryNextTime(@TempDir Path directory) throws Exception {
        Path history = directory.resolve("history");
        String typed = "raw put \"a key\" \"it's\\ta \\\\ value!\"\nraw get \"a key\"\nnonsense\nexit\n";
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                TikvClient client = TikvClient.open(Config.builder()
                        .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                        .set("timeout", "60s")
                        .build());
                Terminal terminal = new DumbTerminal(
                        "test", "dumb", new ByteArrayInputStream(typed.getBytes(UTF_8)), screen, UTF_8)) {
            new InteractiveShell(terminal, new Interpreter(client), history, false).run("welcome");
        }

        String shown = screen.toString(UTF_8);
        assertThat(shown)
                .contains("welcome", "tikv> ", "\"it's\\ta \\\\ value!\"", "INVALID_ARGUMENT: unknown command");
        assertThat(Files.readString(history)).contains("raw get \"a key\"", "nonsense");
    }

    @Test
    void theEndOfInputEndsTheShell(@TempDir Path directory) throws Exception {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                TikvClient client = TikvClient.open(Config.builder()
                        .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                        .set("timeout", "60s")
                        .build());
                Terminal terminal = new DumbTerminal(
                        "test", "dumb", new ByteArrayInputStream("stores\n".getBytes(UTF_8)), screen, UTF_8)) {
            new InteractiveShell(terminal, new Interpreter(client), directory.resolve("history"), true).run("hello");
        }

        assertThat(screen.toString(UTF_8)).contains("{\"ok\":true,\"stores\":[");
    }

    @Test
    void completionOffersWhatMayFollow() {
        assertThat(StatementCompleter.candidates(List.of())).contains("raw", "ts", "split", "help", "exit");
        assertThat(StatementCompleter.candidates(List.of("raw")))
                .contains("get", "mget", "checksum")
                .doesNotContain("ts");
        assertThat(StatementCompleter.candidates(List.of("raw", "scan", "a", "b")))
                .containsExactlyInAnyOrder("--limit", "--reverse", "--keys-only");
        assertThat(StatementCompleter.candidates(List.of("raw", "scan", "a", "b", "--reverse")))
                .containsExactlyInAnyOrder("--limit", "--keys-only");
        assertThat(StatementCompleter.candidates(List.of("help"))).contains("raw", "regions");
        assertThat(StatementCompleter.candidates(List.of("help", "raw"))).contains("get");
        assertThat(StatementCompleter.candidates(List.of("t")))
                .contains("get", "commit", "lock")
                .doesNotContain("T", "ts");
        assertThat(StatementCompleter.candidates(List.of("t", "lock", "k", "--nowait")))
                .containsExactlyInAnyOrder("--wait", "--return-values");
        assertThat(StatementCompleter.candidates(List.of("t", "nonsense"))).isEmpty();
    }
}
