package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotServedTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsWrittenIsReadAgain() {
        NotServed list = new NotServed();
        list.add("txn", "tikvpb.Tikv/KvGet", 12, "no engine");
        list.add("txn", "tikvpb.Tikv/KvGet", 3, "no engine");
        list.add("raw", "tikvpb.Tikv/RawGet", 1, "why");
        Path file = directory.resolve("list.tsv");
        assertThat(list.exchanges()).isEqualTo(3);
        list.write(file);
        assertThat(file).content().contains("txn\ttikvpb.Tikv/KvGet\t3,12\tno engine\n");
        assertThat(NotServed.read(file).steps("txn")).containsExactly(3, 12);
        assertThat(NotServed.read(file).scenarios()).containsExactly("raw", "txn");
    }

    @Test
    void aRowWithoutStepsIsGone() {
        NotServed list = new NotServed();
        list.add("txn", "tikvpb.Tikv/KvGet", 12, "no engine");
        list.remove("txn", 11);
        assertThat(list.isEmpty()).isFalse();
        list.remove("txn", 12);
        assertThat(list.isEmpty()).isTrue();
    }

    @Test
    void aRowWithoutAReasonIsRefused() throws Exception {
        Path file = directory.resolve("list.tsv");
        Files.writeString(file, "txn\ttikvpb.Tikv/KvGet\t3\t\n");
        assertThatThrownBy(() -> NotServed.read(file)).hasMessageContaining("reason");
    }
}
