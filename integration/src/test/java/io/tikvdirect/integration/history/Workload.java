package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.TransactionClient;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Thread-safe. What the processes of a history do, and what must hold of it afterwards. */
interface Workload {
    /** For reports. */
    String name();

    /** Writes what must be there before; nothing goes wrong yet. */
    void prepare(TransactionClient client);

    /** One operation of a process. */
    void operate(Recorder recorder, SplittableRandom random);

    /** Looks at the end, when nothing goes wrong any more; gives what is wrong, or null. */
    @Nullable
    String violation(TransactionClient client);

    /** All of them, new. */
    static List<Workload> all() {
        return List.of(
                new BankWorkload(),
                new RegisterWorkload(),
                new ListAppendWorkload(),
                new LongForkWorkload(),
                new WriteSkewWorkload(),
                new MonotonicWorkload(),
                new SetWorkload());
    }
}
