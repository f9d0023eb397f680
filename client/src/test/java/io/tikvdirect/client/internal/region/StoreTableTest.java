package io.tikvdirect.client.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StoreTableTest {
    private final FakePlacementDriver pd = new FakePlacementDriver();
    private final StoreTable table = new StoreTable(pd, Map.of("127.0.0.1:20002", "127.0.0.1:9"));
    private final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);

    @Test
    void lookUpsMadeWhileOneIsUnderWayShareItsAnswer() {
        final CompletableFuture<Void> gate = pd.hold();
        final List<CompletableFuture<Void>> all = new ArrayList<>();
        for (long i = 0; i < 100; i++) {
            all.add(table.resolve(List.of(1 + i % 3), deadlineNs));
        }
        assertThat(pd.storeCalls).hasValue(1);
        assertThat(all).noneMatch(CompletableFuture::isDone);
        gate.complete(null);
        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThat(table.store(1).address()).hasToString("127.0.0.1:20001");
        assertThat(table.store(2).address()).as("replaced as configured").hasToString("127.0.0.1:9");
        assertThat(table.resolve(List.of(1L, 2L, 3L), deadlineNs)).isCompleted();
        assertThat(pd.storeCalls).as("what is known is not asked for").hasValue(1);
    }

    @Test
    void aLookUpThatFailedIsFollowedByAnotherOne() {
        final CompletableFuture<Void> gate = pd.hold();
        final CompletableFuture<Void> failing = table.resolve(List.of(1L), deadlineNs);
        final CompletableFuture<Void> sharing = table.resolve(List.of(2L), deadlineNs);
        gate.completeExceptionally(new IllegalStateException("on purpose"));
        assertThat(failing).isCompletedExceptionally();
        assertThat(sharing).isCompletedExceptionally();
        pd.hold().complete(null);
        assertThat(table.resolve(List.of(1L), deadlineNs)).isCompleted();
        assertThat(pd.storeCalls).hasValue(2);
    }

    @Test
    void aStoreThatPdNamesNoMoreIsATombstoneAndReported() {
        final List<Store> reported = new ArrayList<>();
        assertThat(table.refresh(deadlineNs)).isCompleted();
        table.onChange(reported::add);
        pd.stores.remove(3L);
        assertThat(table.refresh(deadlineNs)).isCompleted();
        assertThat(reported).containsExactly(table.store(3));
        assertThat(table.store(3).description().state()).isEqualTo(Store.State.TOMBSTONE);
        assertThat(table.refresh(deadlineNs)).isCompleted();
        assertThat(reported).as("once").hasSize(1);
    }
}
