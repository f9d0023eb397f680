package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/** Results that go from an event loop to whoever waits, in many interleavings; see {@code tikvdirect.interleavings}. */
class CallHandOverTest {

    private static final int INTERLEAVINGS = Integer.getInteger("tikvdirect.interleavings", 50);

    /** A thread that parks is always woken, and sees the whole result. */
    @Test
    void aWaiterIsWokenWithItsResult() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AtomicReference<PendingResult<int[]>> shared = new AtomicReference<>();
            PendingResult<int[]> call = new PendingResult<>();
            shared.set(call);
            Thread loop = new Thread(() -> shared.get().succeed(new int[] {7}));
            loop.start();
            int[] result = call.await(Long.MAX_VALUE / 2, null, 0);
            if (result[0] != 7) {
                throw new AssertionError("half a result");
            }
        });
    }

    @Test
    void aWaiterIsWokenWithItsFailure() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            PendingResult<Object> call = new PendingResult<>();
            Thread loop =
                    new Thread(() -> call.fail(new RequestTimeoutException("on purpose", FailureDetails.NONE, null)));
            loop.start();
            try {
                call.await(Long.MAX_VALUE / 2, null, 0);
                throw new AssertionError("succeeded");
            } catch (TikvException expected) {
                return;
            }
        });
    }

    /** Cancelling against completing: one of the two, and a listener that registers meanwhile hears of it once. */
    @Test
    void aStageEndsOnceAndTellsEveryListener() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            PendingStage<String> stage = new PendingStage<>(null);
            AtomicReference<String> heard = new AtomicReference<>();
            Thread loop = new Thread(() -> stage.succeed("done"));
            Thread caller = new Thread(() -> stage.cancel(false));
            loop.start();
            caller.start();
            stage.whenComplete((result, failure) -> {
                if (!heard.compareAndSet(null, failure == null ? result : "cancelled")) {
                    throw new AssertionError("told twice");
                }
            });
            try {
                loop.join();
                caller.join();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            String end = stage.isCancelled() ? "cancelled" : stage.join();
            if (!end.equals(heard.get())) {
                throw new AssertionError("ended with " + end + ", heard " + heard.get());
            }
        });
    }

    /** Rounds never overlap, and each request is answered by a round that began after it. */
    @Test
    void serialWorkIsDoneByOneThreadAndForEveryRequest() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AtomicInteger requested = new AtomicInteger();
            AtomicInteger answered = new AtomicInteger();
            AtomicBoolean working = new AtomicBoolean();
            SerialWork work = new SerialWork(() -> {
                if (!working.compareAndSet(false, true)) {
                    throw new AssertionError("two at once");
                }
                answered.set(requested.get());
                working.set(false);
            });
            Runnable caller = () -> {
                requested.incrementAndGet();
                work.ask();
            };
            Thread one = new Thread(caller);
            Thread other = new Thread(caller);
            one.start();
            other.start();
            try {
                one.join();
                other.join();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            if (answered.get() != 2) {
                throw new AssertionError("a request was overlooked");
            }
        });
    }
}
