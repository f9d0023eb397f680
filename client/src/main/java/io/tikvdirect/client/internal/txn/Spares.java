package io.tikvdirect.client.internal.txn;

import java.util.function.Supplier;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;

/**
 * Thread-safe. Parts of transactions that have ended, for those that begin: at most {@value #MOST}, what finds no place is
 * left to the collector. Who gives a part back must be the only one who still knows of it.
 *
 * @param <T> the part
 */
final class Spares<T> {

    private static final int MOST = 256;

    private final MpmcVarHandleArrayQueue<T> free = new MpmcVarHandleArrayQueue<>(MOST);
    private final Supplier<T> maker;

    Spares(Supplier<T> maker) {
        this.maker = maker;
    }

    /** A part that nobody else has, used before or new. */
    T take() {
        T spare = free.poll();
        return spare == null ? maker.get() : spare;
    }

    /** Gives a part back, or leaves it to the collector. */
    @SuppressWarnings("ResultOfMethodCallIgnored") // what finds no place is left to the collector
    void giveBack(T part) {
        free.offer(part);
    }

    /** How many there are right now, give or take what changes meanwhile. */
    int size() {
        return free.size();
    }
}
