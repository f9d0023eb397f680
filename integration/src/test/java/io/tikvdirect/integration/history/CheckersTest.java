package io.tikvdirect.integration.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.integration.history.RegisterChecker.Kind;
import io.tikvdirect.integration.history.RegisterChecker.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The checkers accept what can happen, and find what cannot: each kind of broken history, and seeded ones. */
class CheckersTest {
    private static Span ok(long began, long ended) {
        return new Span(0, began, ended, Outcome.OK);
    }

    private static Span failed(long began, long ended) {
        return new Span(0, began, ended, Outcome.FAILED);
    }

    private static Op read(Span span, int value) {
        return new Op(span, Kind.READ, value, 0);
    }

    private static Op write(Span span, int value) {
        return new Op(span, Kind.WRITE, value, 0);
    }

    private static Op swap(Span span, int expected, int value) {
        return new Op(span, Kind.SWAP, value, expected);
    }

    @Test
    void aRegisterMayShowConcurrentWritesInEitherOrder() {
        assertThat(RegisterChecker.check(
                        List.of(write(ok(0, 10), 1), write(ok(0, 10), 2), read(ok(11, 12), 1), read(ok(13, 14), 1))))
                .isNull();
        assertThat(RegisterChecker.check(List.of(write(ok(0, 10), 1), read(ok(1, 2), 1), read(ok(1, 3), 0))))
                .isNull();
    }

    @Test
    void aRegisterMayShowAnUndeterminedWriteAnyTimeOrNever() {
        Op lost = write(Span.unknown(1, 5), 7);
        assertThat(RegisterChecker.check(List.of(lost, read(ok(10, 11), 0), read(ok(100, 101), 7))))
                .isNull();
        assertThat(RegisterChecker.check(List.of(lost, read(ok(10, 11), 0)))).isNull();
        assertThat(RegisterChecker.check(List.of(lost, read(ok(1, 2), 7)))).isNotNull();
        assertThat(RegisterChecker.check(List.of(lost, read(ok(6, 7), 7), read(ok(8, 9), 0))))
                .isNotNull();
    }

    @Test
    void aRegisterShowsNoOldNoUnknownAndNoFailedValue() {
        assertThat(RegisterChecker.check(List.of(write(ok(0, 1), 1), read(ok(2, 3), 0))))
                .isNotNull();
        assertThat(RegisterChecker.check(List.of(read(ok(2, 3), 9)))).isNotNull();
        assertThat(RegisterChecker.check(List.of(write(failed(0, 1), 1), read(ok(2, 3), 1))))
                .isNotNull();
        assertThat(RegisterChecker.check(
                        List.of(write(ok(0, 9), 1), write(ok(0, 9), 2), read(ok(10, 11), 1), read(ok(12, 13), 2))))
                .isNotNull();
    }

    @Test
    void twoSwapsOfOneValueCannotBothHappen() {
        assertThat(RegisterChecker.check(List.of(swap(ok(0, 9), 0, 1), swap(ok(0, 9), 1, 2))))
                .isNull();
        assertThat(RegisterChecker.check(List.of(swap(ok(0, 9), 0, 1), swap(ok(0, 9), 0, 2))))
                .isNotNull();
    }

    @Test
    void everyHistoryOfARealRegisterIsAcceptedAndOneChangedReadIsFound() {
        for (long seed = 1; seed <= 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Op> history = simulated(random);
            assertThat(RegisterChecker.check(history)).as("seed %d", seed).isNull();
            int place =
                    Collections.indexOfSubList(history.stream().map(Op::kind).toList(), List.of(Kind.READ));
            Op changed = history.get(place);
            history.set(place, read(changed.span(), 10_000));
            assertThat(RegisterChecker.check(history)).as("seed %d", seed).isNotNull();
        }
    }

    /** Operations that take effect at a moment of their own, somewhere between their begin and their end. */
    private static List<Op> simulated(SplittableRandom random) {
        List<Op> history = new ArrayList<>();
        int state = 0;
        for (int i = 1; i <= 60; i++) {
            long momentNs = i * 10L;
            Span span = random.nextInt(12) == 0
                    ? Span.unknown(0, momentNs - random.nextInt(60))
                    : ok(momentNs - random.nextInt(60), momentNs + random.nextInt(60));
            switch (random.nextInt(3)) {
                case 0 -> history.add(read(ok(momentNs - 3, momentNs + random.nextInt(60)), state));
                case 1 -> history.add(write(span, state = i));
                default -> {
                    history.add(swap(span, state, i));
                    state = i;
                }
            }
        }
        return history;
    }

    private static ListChecker.Txn txn(
            Span span, Map<Integer, List<Integer>> reads, Map<Integer, List<Integer>> appends) {
        return new ListChecker.Txn(span, reads, appends);
    }

    @Test
    void writeSkewIsAllowed() {
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(1, List.of(), 2, List.of()), Map.of(1, List.of(11))),
                        txn(ok(0, 10), Map.of(1, List.of(), 2, List.of()), Map.of(2, List.of(21))),
                        txn(ok(20, 30), Map.of(1, List.of(11), 2, List.of(21)), Map.of()))))
                .isNull();
    }

    @Test
    void aLostUpdateIsFound() {
        // both read list 1 as empty and append to it; nobody may then see both
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(1, List.of()), Map.of(1, List.of(11))),
                        txn(ok(0, 10), Map.of(1, List.of()), Map.of(1, List.of(12))),
                        txn(ok(20, 30), Map.of(1, List.of(11, 12)), Map.of()))))
                .contains("cycle");
        // ... and if only the second is there, the first is lost
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(1, List.of()), Map.of(1, List.of(11))),
                        txn(ok(0, 10), Map.of(1, List.of()), Map.of(1, List.of(12))),
                        txn(ok(20, 30), Map.of(1, List.of(12)), Map.of()),
                        txn(ok(40, 50), Map.of(1, List.of(12)), Map.of(1, List.of(13))))))
                .isNull();
    }

    @Test
    void readSkewIsFound() {
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(), Map.of(1, List.of(11), 2, List.of(21))),
                        txn(ok(0, 10), Map.of(1, List.of(), 2, List.of(21)), Map.of()),
                        txn(ok(20, 30), Map.of(1, List.of(11), 2, List.of(21)), Map.of()))))
                .contains("cycle");
    }

    @Test
    void aLongForkIsFoundAsACycleThatSkipsNeighbours() {
        List<ListChecker.Txn> fork = List.of(
                txn(ok(0, 10), Map.of(), Map.of(1, List.of(11))),
                txn(ok(0, 10), Map.of(), Map.of(2, List.of(21))),
                txn(ok(0, 10), Map.of(1, List.of(11), 2, List.of()), Map.of()),
                txn(ok(0, 10), Map.of(1, List.of(), 2, List.of(21)), Map.of()),
                txn(ok(20, 30), Map.of(1, List.of(11), 2, List.of(21)), Map.of()));
        assertThat(ListChecker.check(fork)).contains("cycle");
        assertThat(ListChecker.check(List.of(fork.get(0), fork.get(1), fork.get(2), fork.get(4))))
                .isNull();
    }

    @Test
    void aStaleReadIsFound() {
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(), Map.of(1, List.of(11))),
                        txn(ok(20, 30), Map.of(1, List.of()), Map.of()),
                        txn(ok(40, 50), Map.of(1, List.of(11)), Map.of()))))
                .contains("cycle");
    }

    @Test
    void abortedHalfRepeatedAndReorderedReadsAreFound() {
        ListChecker.Txn two = txn(ok(0, 10), Map.of(), Map.of(1, List.of(11, 12)));
        assertThat(ListChecker.check(List.of(txn(failed(0, 10), Map.of(), Map.of(1, List.of(11))), reading(11))))
                .contains("never committed");
        assertThat(ListChecker.check(List.of(two, reading(99)))).contains("never committed");
        assertThat(ListChecker.check(List.of(two, reading(11)))).contains("without the others");
        assertThat(ListChecker.check(List.of(two, reading(11, 12, 11)))).contains("twice");
        assertThat(ListChecker.check(List.of(
                        txn(ok(0, 10), Map.of(), Map.of(1, List.of(11))),
                        txn(ok(0, 10), Map.of(), Map.of(1, List.of(12))),
                        reading(11, 12),
                        reading(12, 11))))
                .contains("two orders");
    }

    @Test
    void anUndeterminedTransactionMayBeReadOrNot() {
        ListChecker.Txn lost = txn(Span.unknown(0, 5), Map.of(), Map.of(1, List.of(11)));
        assertThat(ListChecker.check(List.of(lost, reading()))).isNull();
        assertThat(ListChecker.check(List.of(lost, reading(11)))).isNull();
    }

    private static ListChecker.Txn reading(Integer... elements) {
        return txn(ok(20, 30), Map.of(1, List.of(elements)), Map.of());
    }

    @Test
    void everySerialHistoryOfListsIsAccepted() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<Integer, List<Integer>> lists = new HashMap<>();
            List<ListChecker.Txn> history = new ArrayList<>();
            for (int i = 1; i <= 300; i++) {
                int read = random.nextInt(3);
                int appended = random.nextInt(3);
                Map<Integer, List<Integer>> reads = Map.of(read, List.copyOf(lists.getOrDefault(read, List.of())));
                lists.computeIfAbsent(appended, unused -> new ArrayList<>()).add(i);
                history.add(txn(ok(i * 10, i * 10 + 15), reads, Map.of(appended, List.of(i))));
            }
            assertThat(ListChecker.check(history)).as("seed %d", seed).isNull();
        }
    }

    @Test
    void moneyMadeOrMissingIsFound() {
        List<byte[]> balances = new ArrayList<>(Collections.nCopies(8, Keys.value(100)));
        assertThat(BankWorkload.wrongSum(balances)).isEmpty();
        balances.set(3, Keys.value(99));
        assertThat(BankWorkload.wrongSum(balances)).contains("799");
        balances.set(3, null);
        assertThat(BankWorkload.wrongSum(balances)).contains("missing");
    }

    @Test
    void twoForkedReadsAreFound() {
        LongForkWorkload.Seen none = new LongForkWorkload.Seen(0, BitSet.valueOf(new long[] {0}));
        LongForkWorkload.Seen first = new LongForkWorkload.Seen(0, BitSet.valueOf(new long[] {1}));
        LongForkWorkload.Seen second = new LongForkWorkload.Seen(0, BitSet.valueOf(new long[] {2}));
        LongForkWorkload.Seen both = new LongForkWorkload.Seen(0, BitSet.valueOf(new long[] {3}));
        LongForkWorkload.Seen elsewhere = new LongForkWorkload.Seen(1, BitSet.valueOf(new long[] {2}));
        assertThat(LongForkWorkload.check(List.of(first, both, none, elsewhere)))
                .isNull();
        assertThat(LongForkWorkload.check(List.of(first, both, second))).contains("two orders");
    }

    @Test
    void aPairThatIsTakenTwiceIsFound() {
        List<byte[]> values = new ArrayList<>(Collections.nCopies(4, null));
        values.set(0, Keys.value(1));
        values.set(3, Keys.value(1));
        assertThat(WriteSkewWorkload.check(values, 0)).isNull();
        values.set(2, Keys.value(1));
        assertThat(WriteSkewWorkload.check(values, 10)).contains("pair 11");
    }

    @Test
    void aCounterThatGoesBackIsFoundButNotAmongConcurrentReads() {
        assertThat(MonotonicWorkload.check(List.of(look(0, 10, 5), look(5, 15, 4), look(20, 30, 5))))
                .isNull();
        assertThat(MonotonicWorkload.check(List.of(look(0, 10, 5), look(11, 15, 4))))
                .contains("went back");
    }

    private static MonotonicWorkload.Look look(long began, long ended, int value) {
        return new MonotonicWorkload.Look(ok(began, ended), 0, value);
    }

    @Test
    void aSetThatLosesOrInventsIsFound() {
        List<SetWorkload.Added> added = List.of(
                new SetWorkload.Added(ok(0, 10), 1),
                new SetWorkload.Added(failed(0, 10), 2),
                new SetWorkload.Added(Span.unknown(0, 5), 3));
        assertThat(SetWorkload.check(added, List.of(scanned(1), scanned(1, 3)))).isNull();
        assertThat(SetWorkload.check(added, List.of(scanned(3)))).contains("not found");
        assertThat(SetWorkload.check(added, List.of(scanned(1, 2)))).contains("failed");
        assertThat(SetWorkload.check(added, List.of(new SetWorkload.Scanned(ok(5, 20), Set.of()))))
                .isNull();
    }

    private static SetWorkload.Scanned scanned(Integer... elements) {
        return new SetWorkload.Scanned(ok(20, 30), Set.of(elements));
    }
}
