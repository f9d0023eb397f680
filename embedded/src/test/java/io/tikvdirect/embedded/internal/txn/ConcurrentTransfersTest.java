package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that move money in one phase and asynchronously while others read: the sum is the same in every snapshot. */
class ConcurrentTransfersTest {
    private static final int ACCOUNTS = 8;
    private static final int BALANCE = 100;
    private static final int ROUNDS = 400;

    private final TxnKit kit = new TxnKit();
    private final AtomicLong clock = new AtomicLong(1000);

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void everySnapshotHasTheSameSum() throws Exception {
        for (int i = 0; i < ACCOUNTS; i++) {
            kit.write("account" + i, Integer.toString(BALANCE), clock.incrementAndGet(), clock.incrementAndGet());
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> all = new ArrayList<>();
            for (Callable<Integer> each :
                    List.<Callable<Integer>>of(() -> move(1), () -> move(2), this::readSums, this::readSums)) {
                all.add(threads.submit(each));
            }
            assertThat(done(all.get(0)) + done(all.get(1))).isPositive();
            done(all.get(2));
            done(all.get(3));
        } finally {
            threads.shutdownNow();
        }
        assertThat(sum(clock.incrementAndGet())).isEqualTo(ACCOUNTS * BALANCE);
    }

    private static int done(Future<Integer> work) throws Exception {
        try {
            return work.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    /** How many transfers were committed. */
    private int move(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int committed = 0;
        for (int i = 0; i < ROUNDS; i++) {
            committed += move(random) ? 1 : 0;
        }
        return committed;
    }

    private boolean move(SplittableRandom random) {
        long startTs = clock.incrementAndGet();
        int from = random.nextInt(ACCOUNTS);
        String source = "account" + from;
        String target = "account" + (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        String sourceBalance = kit.read(source, startTs);
        String targetBalance = kit.read(target, startTs);
        if (sourceBalance.equals("locked") || targetBalance.equals("locked")) {
            return false;
        }
        int amount = random.nextInt(1, 10);
        Mutation[] mutations = {
            TxnKit.put(source, Integer.toString(Integer.parseInt(sourceBalance) - amount)),
            TxnKit.put(target, Integer.toString(Integer.parseInt(targetBalance) + amount))
        };
        PrewriteRequest.Builder request = TxnKit.prewriting(startTs, mutations);
        PrewriteResponse answer = kit.prewrite(
                random.nextBoolean()
                        ? request.setTryOnePc(true)
                        : request.setUseAsyncCommit(true).addSecondaries(TxnKit.bytes(target)));
        if (answer.getErrorsCount() > 0) {
            return false;
        }
        if (answer.getMinCommitTs() != 0) {
            assertThat(kit.commit(startTs, answer.getMinCommitTs(), source, target))
                    .isNull();
        }
        return true;
    }

    /** How many sums were read without meeting a lock. */
    private int readSums() throws TxnException {
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int sum = sum(clock.incrementAndGet());
            if (sum >= 0) {
                assertThat(sum).isEqualTo(ACCOUNTS * BALANCE);
                read++;
            }
        }
        return read;
    }

    /** The sum of all accounts at a timestamp, or -1 when a lock is in the way. */
    private int sum(long ts) throws TxnException {
        int sum = 0;
        for (KvPair pair : kit.scan(ts)) {
            if (pair.hasError()) {
                return -1;
            }
            sum += Integer.parseInt(pair.getValue().toStringUtf8());
        }
        return sum;
    }
}
