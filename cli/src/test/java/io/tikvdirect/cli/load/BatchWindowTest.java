package io.tikvdirect.cli.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.format.ColumnChoice;
import io.tikvdirect.cli.format.Header;
import io.tikvdirect.cli.format.LineReader;
import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.cli.format.RecordReader;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.client.KvPair;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.agrona.collections.LongHashSet;
import org.junit.jupiter.api.Test;

class BatchWindowTest {
    private final HeldWrites writes = new HeldWrites();
    private final BatchWindow window = new BatchWindow(
            writes,
            new Rejections(new ProgressLine(Console.ofProcess()), 0),
            LoadState.Progress.NONE,
            Duration.ofMinutes(1));

    @Test
    void sortedBatchesTravelTogetherAndProgressWaitsForTheFirst() throws Exception {
        window.send(batch("a\t1\nb\t2\n"));
        window.send(batch("c\t3\nd\t4\n"));
        window.send(batch("e\t5\n"));
        assertThat(writes.pending).hasSize(3);

        writes.pending.get(1).complete(true);
        writes.pending.get(2).complete(true);
        assertThat(window.progress()).isEqualTo(LoadState.Progress.NONE);

        writes.pending.get(0).complete(true);
        assertThat(window.progress().loaded()).isEqualTo(5);
        window.drain();
    }

    @Test
    void aKeyOfABatchUnderWayWaitsForItWhateverTheOrderOfTheSource() throws Exception {
        KeysUnderWay keys = new KeysUnderWay();
        Batch first = batch("b\t1\nd\t2\n");
        keys.add(first);
        assertThat(keys.haveAnyOf(batch("e\t1\nf\t1\n"))).isFalse();
        assertThat(keys.haveAnyOf(batch("d\t1\ne\t1\n"))).isTrue();
        assertThat(keys.haveAnyOf(batch("a\t1\nc\t1\n"))).isFalse();
        Batch unsorted = batch("z\t1\na\t1\n");
        assertThat(keys.haveAnyOf(unsorted)).isFalse();
        keys.add(unsorted);
        assertThat(keys.haveAnyOf(batch("z\t1\n"))).isTrue();

        keys.remove(first);
        assertThat(keys.haveAnyOf(batch("b\t1\nd\t2\n"))).isFalse();
        keys.remove(unsorted);
        assertThat(keys.haveAnyOf(batch("z\t1\n"))).isFalse();
    }

    @Test
    void onlyABatchThatRepeatsAKeySaysSo() throws Exception {
        LongHashSet seen = new LongHashSet();
        Batch repeating = batch("a\t1\nb\t2\na\t3\n");
        Batch unsorted = batch("b\t1\na\t2\n");
        Batch sorted = batch("a\t1\nb\t2\n");
        for (Batch batch : List.of(repeating, unsorted, sorted)) {
            batch.lookForRepeatedKeys(seen);
        }

        assertThat(repeating.mayRepeatKeys()).isTrue();
        assertThat(unsorted.mayRepeatKeys()).isFalse();
        assertThat(sorted.mayRepeatKeys()).isFalse();
    }

    @Test
    void batchesAreUsedAgain() throws Exception {
        Set<Batch> used = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Batch batch = window.newBatch();
            fill(batch, "a\t1\nb\t2\n");
            used.add(batch);
            window.send(batch);
            writes.pending.get(i).complete(true);
        }

        assertThat(used).hasSize(1);
        assertThat(writes.written).hasSize(200);
        assertThat(window.progress().loaded()).isEqualTo(200);
    }

    private static Batch batch(String tsv) throws Exception {
        Batch batch = new Batch();
        fill(batch, tsv);
        return batch;
    }

    private static void fill(Batch batch, String tsv) throws Exception {
        LineReader lines = new LineReader(new ByteArrayInputStream(tsv.getBytes(UTF_8)), 0, 0);
        RecordReader records = RecordReader.of(RecordFormat.TSV, lines, new ColumnChoice("1", "2"), Header.NONE);
        while (records.next()) {
            batch.add(records, new byte[0]);
        }
    }

    /** Confined to the test. Writes that end when the test says so. */
    private static final class HeldWrites implements PairWriter {
        final List<KvPair> written = new ArrayList<>();
        final List<CompletableFuture<Boolean>> pending = new ArrayList<>();

        @Override
        public CompletionStage<?> write(List<KvPair> pairs) {
            written.addAll(pairs);
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            pending.add(end);
            return end;
        }
    }
}
