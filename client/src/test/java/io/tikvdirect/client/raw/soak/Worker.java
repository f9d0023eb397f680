package io.tikvdirect.client.raw.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** One operation at a time, on keys nobody else touches; it knows what they may hold. */
final class Worker {

    static final int KEYS = 24;
    /** These are written by compare-and-swap alone. */
    private static final int FIRST_CAS_KEY = 20;

    private final int id;
    private final List<Face> faces;
    private final List<Long> timeoutsNs;
    private final SplittableRandom random;
    private final Tally tally;
    private final CountDownLatch idle;
    private final KeyModel[] model = new KeyModel[KEYS];
    private Face face;
    private long timeoutNs;
    private long startNs;
    private int value;

    /**
     * A worker that has done nothing yet.
     *
     * @param faces what it works with, one at random for each operation
     * @param timeoutsNs the timeout of each face
     * @param idle counted down when it has ended
     */
    Worker(int id, List<Face> faces, List<Long> timeoutsNs, long seed, Tally tally, CountDownLatch idle) {
        this.id = id;
        this.faces = faces;
        this.timeoutsNs = timeoutsNs;
        this.random = new SplittableRandom(seed + id);
        this.tally = tally;
        this.idle = idle;
        Arrays.setAll(model, i -> new KeyModel());
    }

    static byte[] prefix(int worker) {
        return String.format("w%03d/", worker).getBytes(US_ASCII);
    }

    static byte[] key(int worker, int number) {
        return String.format("w%03d/%02d", worker, number).getBytes(US_ASCII);
    }

    void next() {
        if (!tally.begin()) {
            idle.countDown();
            return;
        }
        int which = random.nextInt(faces.size());
        face = faces.get(which);
        timeoutNs = timeoutsNs.get(which);
        startNs = System.nanoTime();
        int kind = random.nextInt(100);
        int number = random.nextInt(FIRST_CAS_KEY);
        if (kind < 43) {
            run(face.get(key(id, number)), found -> check(number, found), () -> {});
        } else if (kind < 70) {
            String text = "v" + ++value;
            write(face.put(key(id, number), text.getBytes(US_ASCII)), number, text);
        } else if (kind < 77) {
            write(face.delete(key(id, number)), number, "");
        } else if (kind < 82) {
            compareAndSwap(FIRST_CAS_KEY + random.nextInt(KEYS - FIRST_CAS_KEY));
        } else if (kind < 90) {
            batchPut(number);
        } else if (kind < 96) {
            batchGet(number);
        } else {
            scan(random.nextBoolean());
        }
    }

    private void write(CompletionStage<?> stage, int number, String text) {
        run(stage, done -> model[number].written(text), () -> model[number].maybeWritten(text));
    }

    private void compareAndSwap(int number) {
        String text = "c" + ++value;
        String certain = model[number].certain();
        byte[] expected = certain == null || certain.isEmpty() ? null : certain.getBytes(US_ASCII);
        CompletionStage<CasResult> stage = face.compareAndSwap(key(id, number), expected, text.getBytes(US_ASCII));
        stage.whenComplete((result, failure) -> end(failure, () -> {
            if (failure == null) {
                swapped(number, certain, text, result);
            } else if (((TikvException) failure).isUndetermined()) {
                model[number].maybeWritten(text);
            }
            // any other failure promises that nothing was written, and the model holds the client to it
        }));
    }

    private void swapped(int number, String certain, String text, CasResult result) {
        if (result.swapped()) {
            model[number].written(text);
        } else if (certain != null) {
            throw new AssertionError("worker " + id + " key " + number + ": a swap of '" + certain
                    + "' was refused, the key holds " + Arrays.toString(result.previous()));
        } else {
            check(number, result.previous());
        }
    }

    private void batchPut(int first) {
        String text = "b" + ++value;
        List<KvPair> pairs = new ArrayList<>();
        everyThird(first, i -> pairs.add(new KvPair(key(id, i), text.getBytes(US_ASCII))));
        run(
                face.batchPut(pairs),
                done -> everyThird(first, i -> model[i].written(text)),
                () -> everyThird(first, i -> model[i].maybeWritten(text)));
    }

    private static void everyThird(int first, IntConsumer action) {
        for (int i = first; i < FIRST_CAS_KEY; i += 3) {
            action.accept(i);
        }
    }

    private void batchGet(int first) {
        List<byte[]> keys = new ArrayList<>();
        everyThird(first, i -> keys.add(key(id, i)));
        run(face.batchGet(keys), values -> everyThird(first, i -> check(i, values.get((i - first) / 3))), () -> {});
    }

    private void scan(boolean reverse) {
        ScanOptions options = ScanOptions.limit(100);
        run(
                face.scan(KeyRange.prefix(prefix(id)), reverse ? options.reversed() : options),
                pairs -> checkAll(pairs, reverse),
                () -> {});
    }

    private void checkAll(List<KvPair> pairs, boolean reverse) {
        Map<Integer, byte[]> found = new HashMap<>();
        byte[] last = null;
        for (KvPair pair : pairs) {
            if (last != null && (Arrays.compareUnsigned(last, pair.key()) < 0) == reverse) {
                throw new AssertionError("pairs out of order");
            }
            last = pair.key();
            String text = new String(pair.key(), US_ASCII);
            found.put(Integer.parseInt(text.substring(5)), pair.value());
        }
        for (int number = 0; number < KEYS; number++) {
            check(number, found.get(number));
        }
    }

    private void check(int number, byte[] found) {
        String text = found == null ? "" : new String(found, US_ASCII);
        if (!model[number].mayBe(text)) {
            throw new AssertionError(
                    "worker " + id + " key " + number + ": found '" + text + "', possible are " + model[number]);
        }
    }

    private <T> void run(CompletionStage<T> stage, Consumer<? super T> onSuccess, Runnable onFailure) {
        stage.whenComplete((result, failure) -> end(failure, () -> {
            if (failure == null) {
                onSuccess.accept(result);
            } else {
                onFailure.run();
            }
        }));
    }

    private void end(Throwable failure, Runnable judge) {
        try {
            tally.end(startNs, timeoutNs, failure);
            if (failure != null && !(failure instanceof TikvException)) {
                throw new AssertionError("not one of the client's own failures", failure);
            }
            judge.run();
        } catch (Throwable broken) {
            tally.wrong(broken);
        }
        next();
    }

    /** When nothing is under way any more and all is well again. */
    void compare(RawClient blocking) {
        checkAll(blocking.scan(KeyRange.prefix(prefix(id)), ScanOptions.limit(100)), false);
    }
}
