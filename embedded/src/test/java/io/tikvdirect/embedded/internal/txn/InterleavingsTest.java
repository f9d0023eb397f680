package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random interleavings of the steps of several transactions, held against a model that knows only whole transactions:
 * reads see the snapshot of their start, nobody overwrites what he has not seen, and a transaction is there as a whole or
 * not at all, also when its owner stops at any point and others settle its locks.
 */
class InterleavingsTest {
    private static final List<String> KEYS = List.of("a", "b", "c");
    private static final int TXNS = 4;

    private enum Phase {
        ACTIVE,
        PREWRITTEN,
        PRIMARY_COMMITTED,
        OVER
    }

    /** One transaction in the hands of its client. */
    private static final class Txn {
        final long startTs;
        final TreeMap<String, String> writes = new TreeMap<>();
        Phase phase = Phase.ACTIVE;
        long commitTs;

        Txn(long startTs) {
            this.startTs = startTs;
        }
    }

    /** What whole transactions have written: key, commit timestamp, value. */
    private static final class Model {
        final Map<String, NavigableMap<Long, String>> values = new TreeMap<>();

        String at(String key, long ts) {
            var visible = values.getOrDefault(key, new TreeMap<>()).floorEntry(ts);
            return visible == null ? "-" : visible.getValue();
        }

        void commit(Txn txn, long commitTs) {
            txn.writes.forEach((key, value) -> {
                NavigableMap<Long, String> versions = values.computeIfAbsent(key, name -> new TreeMap<>());
                assertThat(versions.subMap(txn.startTs, false, commitTs, true))
                        .as("%s was written between %d and %d", key, txn.startTs, commitTs)
                        .isEmpty();
                versions.put(commitTs, value);
            });
        }
    }

    private TxnKit kit;
    private Model model;
    private List<Txn> txns;
    private long lastTs;

    private long next() {
        return ++lastTs;
    }

    @Property(tries = 400)
    void readersSeeWholeTransactionsAtTheirSnapshot(
            @ForAll @Size(min = 10, max = 120) List<@IntRange(max = 9999) Integer> steps) throws TxnException {
        try (TxnKit opened = new TxnKit()) {
            kit = opened;
            model = new Model();
            txns = new ArrayList<>();
            lastTs = TxnKit.ts(1_000_000, 0);
            for (int i = 0; i < TXNS; i++) {
                txns.add(new Txn(next()));
            }
            for (int step : steps) {
                step(step);
            }
            settleEverything();
        }
    }

    private void step(int choice) throws TxnException {
        int which = choice % TXNS;
        Txn txn = txns.get(which);
        String key = KEYS.get(choice / 10 % KEYS.size());
        switch (choice / 100 % 10) {
            case 0, 1, 2 -> read(txn, key);
            case 3, 4 -> write(txn, key, "v" + choice);
            case 5 -> prewrite(txn, choice / 1000);
            case 6, 7 -> commit(txn);
            case 8 -> txns.set(which, new Txn(next())); // the client is gone, whatever it left
            default -> rollback(txn);
        }
        if (txn.phase == Phase.OVER) {
            txns.set(which, new Txn(next()));
        }
    }

    private void read(Txn txn, String key) throws TxnException {
        String seen = kit.read(key, txn.startTs);
        if (seen.equals("locked")) {
            settle(key, txn.startTs);
            seen = kit.read(key, txn.startTs);
        }
        if (!seen.equals("locked")) {
            assertThat(seen).as("%s at %d", key, txn.startTs).isEqualTo(model.at(key, txn.startTs));
        }
    }

    private void write(Txn txn, String key, String value) {
        if (txn.phase == Phase.ACTIVE) {
            txn.writes.put(key, value);
        }
    }

    private void prewrite(Txn txn, int kind) {
        if (txn.phase != Phase.ACTIVE || txn.writes.isEmpty()) {
            return;
        }
        Mutation[] mutations = txn.writes.entrySet().stream()
                .map(write -> TxnKit.put(write.getKey(), write.getValue()))
                .toArray(Mutation[]::new);
        PrewriteRequest.Builder request = TxnKit.prewriting(txn.startTs, mutations);
        if (kind % 3 == 1) {
            request.setTryOnePc(true);
        } else if (kind % 3 == 2) {
            request.setMinCommitTs(txn.startTs + 1);
        }
        PrewriteResponse answer = kit.prewrite(request);
        if (answer.getErrorsCount() > 0) {
            txn.phase = Phase.OVER;
        } else if (answer.getOnePcCommitTs() != 0) {
            model.commit(txn, answer.getOnePcCommitTs());
            txn.phase = Phase.OVER;
        } else {
            txn.phase = Phase.PREWRITTEN;
        }
    }

    private void commit(Txn txn) {
        if (txn.phase == Phase.PREWRITTEN) {
            long commitTs = next();
            String primary = txn.writes.firstKey();
            if (kit.commit(txn.startTs, commitTs, primary) == null) {
                txn.commitTs = commitTs;
                model.commit(txn, commitTs);
                txn.phase = Phase.PRIMARY_COMMITTED;
            } else {
                txn.phase = Phase.OVER;
            }
        } else if (txn.phase == Phase.PRIMARY_COMMITTED) {
            String[] rest =
                    txn.writes.tailMap(txn.writes.firstKey(), false).keySet().toArray(String[]::new);
            if (rest.length > 0) {
                assertThat(kit.commit(txn.startTs, txn.commitTs, rest)).isNull();
            }
            txn.phase = Phase.OVER;
        }
    }

    private void rollback(Txn txn) {
        if (txn.phase == Phase.PREWRITTEN) {
            for (String key : txn.writes.keySet()) {
                assertThat(kit.rollback(txn.startTs, key)).isNull();
            }
        }
        if (txn.phase != Phase.PRIMARY_COMMITTED) {
            txn.phase = Phase.OVER;
        }
    }

    /** Settles the lock on a key as a client does: by its primary, which it takes for expired. */
    private void settle(String key, long callerTs) throws TxnException {
        LockInfo lock = kit.get(key, callerTs, io.tikvdirect.proto.kvrpcpb.Context.getDefaultInstance())
                .getError()
                .getLocked();
        CheckTxnStatusResponse status = kit.status(CheckTxnStatusRequest.newBuilder()
                .setPrimaryKey(lock.getPrimaryLock())
                .setLockTs(lock.getLockVersion())
                .setCallerStartTs(callerTs == Ts.MAX ? lastTs : callerTs)
                .setCurrentTs(Ts.MAX)
                .setRollbackIfNotExist(true));
        kit.locks.resolve(
                kit.region,
                ResolveLockRequest.newBuilder()
                        .setStartVersion(lock.getLockVersion())
                        .setCommitVersion(status.getCommitVersion())
                        .build());
    }

    private void settleEverything() throws TxnException {
        long end = next();
        for (String key : KEYS) {
            while (kit.read(key, end).equals("locked")) {
                settle(key, end);
            }
            assertThat(kit.read(key, end)).as(key).isEqualTo(model.at(key, end));
        }
    }
}
